package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/DataDog/gostackparse"
	"github.com/maruel/panicparse/v2/stack"
)

// A goroutine as a peer read it; frames and creator as "func file:line" parts.
type goroutine struct {
	ID      int      `json:"id"`
	State   string   `json:"state"`
	Minutes int      `json:"minutes"`
	Locked  bool     `json:"locked"`
	Frames  [][3]any `json:"frames"`
	Created *[3]any  `json:"created"`
}

// facts prints what the peers read of each file: {"file": {"gostackparse": [...], "panicparse": [...]}}.
func facts(files []string) {
	all := map[string]map[string][]goroutine{}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		if strings.HasSuffix(name, ".gz") {
			unpacked, err := gzip.NewReader(bytes.NewReader(data))
			if err != nil {
				panic(err)
			}
			if data, err = io.ReadAll(unpacked); err != nil {
				panic(err)
			}
		}
		all[filepath.Base(name)] = map[string][]goroutine{"gostackparse": ofGostackparse(data), "panicparse": ofPanicparse(data)}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	out.Encode(all)
}

func ofGostackparse(data []byte) []goroutine {
	list := []goroutine{}
	found, _ := gostackparse.Parse(bytes.NewReader(data))
	for _, g := range found {
		one := goroutine{ID: g.ID, State: g.State, Minutes: int(g.Wait.Minutes()), Locked: g.LockedToThread}
		for _, f := range g.Stack {
			one.Frames = append(one.Frames, [3]any{f.Func, f.File, f.Line})
		}
		if c := g.CreatedBy; c != nil {
			one.Created = &[3]any{c.Func, c.File, c.Line}
		}
		list = append(list, one)
	}
	return list
}

func ofPanicparse(data []byte) []goroutine {
	list := []goroutine{}
	opts := stack.DefaultOpts()
	opts.GuessPaths, opts.AnalyzeSources, opts.NameArguments = false, false, false
	snap, _, _ := stack.ScanSnapshot(bytes.NewReader(data), io.Discard, opts)
	if snap == nil {
		return list
	}
	for _, g := range snap.Goroutines {
		one := goroutine{ID: g.ID, State: g.State, Minutes: g.SleepMax, Locked: g.Locked}
		for _, f := range g.Stack.Calls {
			one.Frames = append(one.Frames, [3]any{f.Func.Complete, f.RemoteSrcPath, f.Line})
		}
		if len(g.CreatedBy.Calls) > 0 {
			c := g.CreatedBy.Calls[0]
			// Its creator keeps "in goroutine 1" (Go 1.21).
			name, _, _ := strings.Cut(c.Func.Complete, " in goroutine ")
			one.Created = &[3]any{name, c.RemoteSrcPath, c.Line}
		}
		list = append(list, one)
	}
	return list
}
