"""The book's pictures: pure functions of a view, drawn for a given layout. One module a subject."""
