"""One text to many: whom it is for, what it comes to, its frozen list, its sending, what became of it."""
