package clean

// cleanPacked cleans what is packed in a zip archive: a document, or files.
func cleanPacked(j *job, b []byte) ([]byte, error) {
	in, err := unpack(b)
	if err != nil {
		return nil, err
	}
	switch {
	case in["[Content_Types].xml"] != nil:
		return cleanOOXML(j, in)
	}
	return cleanZip(j, in)
}
