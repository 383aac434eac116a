package web

// shortcut is a key and the name of what it does, for the page that tells of them; what they do is written in keys.js.
type shortcut struct{ Key, Name string }

// deskKeys are the keys of a list.
func deskKeys() []shortcut {
	return []shortcut{{"/", "search"}, {"J K", "row"}, {"PgDn PgUp", "rows"}, {"X", "select"}, {"Shift+X", "range"}, {"Enter", "open"},
		{"1 2 3 4", "level"}, {"R", "route"}, {"P", "print"}, {"?", "help"}}
}

// sectionKeys are the keys of a section.
func sectionKeys() []shortcut {
	return []shortcut{{"[", "before"}, {"]", "after"}, {"R", "route"}, {"P", "sheet"}, {"?", "help"}}
}
