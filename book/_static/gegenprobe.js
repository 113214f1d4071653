// Conveniences only. Without scripts the list of claims is whole, details open one by one, and the page is light.
(function () {
  "use strict";

  // The filter keeps its state in the address, so that a filtered list can be linked to.
  function filter(form) {
    const fields = ["chapter", "verdict", "changed"];
    const items = Array.from(document.querySelectorAll(".gp-claims > li"));
    const count = form.querySelector(".gp-count");

    function apply() {
      const chapter = form.elements.chapter.value;
      const verdict = form.elements.verdict.value;
      const changed = form.elements.changed.checked;
      let shown = 0;
      items.forEach(function (item) {
        const fits =
          (!chapter || item.closest(".gp-group").dataset.chapter === chapter) &&
          (!verdict || item.dataset.verdict === verdict) &&
          (!changed || item.dataset.changed === "yes");
        item.hidden = !fits;
        shown += fits ? 1 : 0;
      });
      const all = !chapter && !verdict && !changed;
      document.querySelectorAll(".gp-group").forEach(function (group) {
        group.hidden = !group.querySelector("li:not([hidden])");
        group.querySelector("details").open = !all && !group.hidden;
      });
      count.textContent = shown === items.length ? count.dataset.all : shown + " " + count.dataset.some;
    }

    function remember() {
      const address = new URL(window.location.href);
      fields.forEach(function (name) {
        const field = form.elements[name];
        const value = field.type === "checkbox" ? (field.checked ? field.value : "") : field.value;
        if (value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      });
      try {
        window.history.replaceState(null, "", address);
      } catch (error) {
        // Pages opened from disk may not change their address; the filter works all the same.
      }
    }

    function recall() {
      const given = new URL(window.location.href).searchParams;
      ["chapter", "verdict"].forEach(function (name) {
        const wanted = given.get(name) || "";
        const known = Array.from(form.elements[name].options).some((option) => option.value === wanted);
        form.elements[name].value = known ? wanted : "";
      });
      form.elements.changed.checked = given.get("changed") === "yes";
    }

    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("change", function () {
      apply();
      remember();
    });
    recall();
    apply();
    // The form was hidden when the browser looked for the target.
    if (window.location.hash === "#claims") form.scrollIntoView();
  }

  // Paper cannot be clicked: all details are open in print.
  function printing() {
    let opened = [];
    window.addEventListener("beforeprint", function () {
      opened = Array.from(document.querySelectorAll("details:not([open])"));
      opened.forEach((each) => (each.open = true));
    });
    window.addEventListener("afterprint", function () {
      opened.forEach((each) => (each.open = false));
      opened = [];
    });
  }

  // A card's address, to copy or to hand on.
  function button(text, label, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "gp-button gp-share";
    made.textContent = text;
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  async function copied(text) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      // No clipboard without a secure connection, or without leave: the older way.
      const field = document.createElement("textarea");
      field.value = text;
      field.className = "gp-hidden";
      document.body.append(field);
      field.select();
      const done = document.execCommand("copy");
      field.remove();
      return done;
    }
  }

  function share(card) {
    const foot = card.querySelector(".gp-foot");
    const gist = card.querySelector(".gp-gist");
    if (!foot || !gist) return;
    const address = new URL("#" + card.id, window.location.href).href;
    const told = document.createElement("span");
    told.setAttribute("role", "status");
    const copy = button("copy link", "Copy the link to this claim", async function () {
      const done = await copied(address);
      copy.focus({ preventScroll: true });
      told.textContent = done ? " copied" : " " + address;
      if (done) setTimeout(() => (told.textContent = ""), 4000);
    });
    foot.append(" · ", copy);
    if (navigator.share) {
      foot.append(" · ", button("share", "Share this claim", function () {
        // Whoever closes the dialogue has not made an error.
        navigator.share({ title: gist.textContent.trim(), url: address }).catch(() => {});
      }));
    }
    foot.append(told);
  }

  document.addEventListener("DOMContentLoaded", function () {
    const form = document.querySelector(".gp-filter");
    if (form) filter(form);
    printing();
    document.querySelectorAll(".gp-card[id]").forEach(share);
    document.querySelectorAll(".btn-download-pdf-button").forEach((each) => each.addEventListener("click", () => window.print()));
  });
})();
