// Command peers times other goroutine dump parsers on one file: milliseconds of the parser alone, one line a run.
//
//	peers gostackparse|panicparse FILE RUNS
//	peers facts FILE...      what they read of each, as JSON
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"time"

	"github.com/DataDog/gostackparse"
	"github.com/maruel/panicparse/v2/stack"
)

func main() {
	if len(os.Args) == 2 {
		info, _ := debug.ReadBuildInfo()
		for _, dep := range info.Deps {
			fmt.Println(dep.Path, dep.Version)
		}
		return
	}
	if os.Args[1] == "facts" {
		facts(os.Args[2:])
		return
	}
	data, err := os.ReadFile(os.Args[2])
	if err != nil {
		panic(err)
	}
	runs, _ := strconv.Atoi(os.Args[3])
	for range runs {
		begin := time.Now()
		n := 0
		if os.Args[1] == "gostackparse" {
			found, _ := gostackparse.Parse(bytes.NewReader(data))
			n = len(found)
		} else if snap, _, _ := stack.ScanSnapshot(bytes.NewReader(data), io.Discard, stack.DefaultOpts()); snap != nil {
			n = len(snap.Goroutines)
			snap.Aggregate(stack.AnyPointer)
		}
		fmt.Println(n, time.Since(begin).Microseconds())
	}
}
