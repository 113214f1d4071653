"""What every chapter imports; the server of warm kernels imports this once."""

import altair
import holidays.countries.united_states  # `holidays` itself loads a country when it is asked for
import ipykernel.ipkernel
import ipykernel.kernelapp
import IPython.core.interactiveshell
import pandas
import vl_convert

import gegenprobe.chapter
import gegenprobe.charts

__all__ = ["IPython", "altair", "gegenprobe", "holidays", "ipykernel", "pandas", "vl_convert"]
