package clean

import "strings"

// cleanPacked cleans what is packed in a zip archive: a document, or files.
func cleanPacked(j *job, b []byte) ([]byte, error) {
	in, err := j.unpack(b)
	if err != nil {
		return nil, err
	}
	switch {
	case in["[Content_Types].xml"] != nil:
		return cleanOOXML(j, in)
	case strings.TrimSpace(string(in["mimetype"])) == epubMedia:
		return cleanEPUB(j, in)
	case strings.HasPrefix(string(in["mimetype"]), odfMedia):
		return cleanODF(j, in)
	}
	return cleanZip(j, in)
}
