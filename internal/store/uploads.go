package store

// The parts of a file between its preview and its import, as the vault knows them.
const (
	uploadContentField = "uploads.content"
	uploadPreviewField = "uploads.preview"
)
