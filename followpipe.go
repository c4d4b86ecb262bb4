package habeas

import (
	"habeas/internal/store"
	"habeas/internal/view"
	"habeas/ledger"
)

// A pipe takes records into a view: while some are read, those before them are opened,
// and those before these are written.
type pipe struct {
	o      *opener
	v      *view.View
	todo   chan *opening
	failed chan struct{} // closed when err is set
	ended  chan struct{}
	err    error
}

// An opening is records that follow each other, while they are opened.
type opening struct {
	mark    view.Mark // after them
	opened  chan struct{}
	entries []ledger.Entry
	err     error
}

// into begins to write to v. It tells how far that has come, one time after the other.
// Whoever calls it calls [pipe.end].
func (o *opener) into(v *view.View, progress func(done int64)) *pipe {
	p := &pipe{o: o, v: v, todo: make(chan *opening, 1), failed: make(chan struct{}), ended: make(chan struct{})}
	go p.write(progress)
	return p
}

func (p *pipe) write(progress func(done int64)) {
	defer close(p.ended)
	for w := range p.todo {
		<-w.opened
		if p.err != nil {
			continue
		}
		err := w.err
		if err == nil {
			err = p.v.Apply(p.o.ctx, w.entries, w.mark)
		}
		if err != nil {
			p.err = err
			close(p.failed)
			continue
		}
		progress(w.mark.Size)
	}
}

// add passes records on. It fails if the log does not have them, or if what was passed
// on before could not be opened or written.
func (p *pipe) add(records []store.Numbered, building bool) (err error) {
	w := &opening{opened: make(chan struct{})}
	w.mark.Number = records[len(records)-1].Number
	w.mark.Size = w.mark.Number + 1
	if w.mark.Root, err = p.o.rootAt(w.mark.Size, building); err != nil {
		return err
	}
	go func() {
		defer close(w.opened)
		w.entries, w.err = p.o.openAll(records)
	}()
	select {
	case p.todo <- w:
		return nil
	case <-p.failed:
		<-w.opened
		return p.err
	}
}

// end waits until all is written, and says why it is not.
func (p *pipe) end() error {
	close(p.todo)
	<-p.ended
	return p.err
}
