/**
 * A Go program of the size of kubo (about 100 MB) with the dump and profiles that it writes of itself: built once where Go is installed, into the
 * temporary folder, from generated packages that call each other, so that its line table is as large and as varied as a real one's.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';

/** Packages, and functions of each: 110,000 functions beside the standard library's make 100 MB with symbols and DWARF. */
const packages = 220;
const functions = 500;
/** Goroutines that wait for a lock, one in each of the first packages. */
const waiting = 120;

/** Folder with `app`, `goroutines.stacks`, `cpu.pprof`, `heap.pprof`, `goroutines.pprof` and `version.json`; undefined where Go is not installed. */
export function largeProgram(): string | undefined {
  const named = process.env['PPROF_TRIAGE_BENCH'];
  if (named !== undefined && named !== '') return named;
  const version = spawnSync('go', ['env', 'GOVERSION'], { encoding: 'utf8' });
  if (version.status !== 0) return undefined;
  const key = createHash('sha256')
    .update(`${version.stdout} ${packages} ${functions} ${mainSource()} ${packageSource(0)}`)
    .digest('hex')
    .slice(0, 12);
  const folder = join(tmpdir(), `pprof-triage-bench-${key}`);
  if (existsSync(folder)) return folder;
  process.stderr.write('building a program of 100 MB, once: some minutes\n');
  const work = mkdtempSync(join(tmpdir(), 'pprof-triage-build-'));
  writeFileSync(join(work, 'go.mod'), 'module example.com/large\n\ngo 1.21\n');
  writeFileSync(join(work, 'main.go'), mainSource());
  for (let index = 0; index < packages; index++) {
    mkdirSync(join(work, packageName(index)));
    writeFileSync(join(work, packageName(index), 'code.go'), packageSource(index));
  }
  const env = { ...process.env, GOFLAGS: '-buildvcs=false', GOPROXY: 'off', CGO_ENABLED: '0' };
  execFileSync('go', ['build', '-p', '2', '-trimpath', '-o', join(work, 'app'), '.'], { cwd: work, env, stdio: ['ignore', 'ignore', 'inherit'] });
  execFileSync(join(work, 'app'), [], { cwd: work });
  for (let index = 0; index < packages; index++) rmSync(join(work, packageName(index)), { recursive: true });
  renameSync(work, folder);
  return folder;
}

function packageName(index: number): string {
  return `part${index}`;
}

/** One package: a chain of methods of one type, each with a lock, a loop, calls of the standard library and an inlined function. */
function packageSource(index: number): string {
  const chain = Array.from(
    { length: functions },
    (_, at) => `
// Step${at} goes on to the next one until depth is used up.
func (s *Store${index}) Step${at}(name string, depth int, values map[string]int) (int, error) {
	if depth <= 0 {
		return s.wait(name, len(values))
	}
	total := small${index}(depth)
	for key, value := range values {
		if strings.HasPrefix(key, name) {
			total += small${index}(value) * ${at + 3}
		}
	}
	if total < -${at + 1} {
		return 0, fmt.Errorf("step ${at} of %s: %d of %v", name, total, values)
	}
	s.counts[name+strconv.Itoa(total%7)] = total
	more, err := s.Step${(at + 1) % functions}(name, depth-1, values)
	return total + more, err
}`,
  );
  return `// Package ${packageName(index)} is generated.
package ${packageName(index)}

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Store${index} waits at the end of its steps.
type Store${index} struct {
	name   string
	counts map[string]int
	lock   sync.Mutex
	Busy   bool
}

// New makes one.
func New(name string) *Store${index} { return &Store${index}{name: name, counts: map[string]int{}} }

func small${index}(a int) int { return a*${index + 2} + 1 }

// Hold keeps the lock.
func (s *Store${index}) Hold() { s.lock.Lock() }

func (s *Store${index}) wait(name string, n int) (int, error) {
	if s.Busy {
		t := 0
		for i := 0; i < 20000; i++ {
			t += small${index}(i) ^ len(name)
		}
		return t, nil
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	return n, nil
}
${chain.join('\n')}
`;
}

/** Holds the locks, lets goroutines wait for them at different depths, works for two seconds, and writes all down. */
function mainSource(): string {
  const all = Array.from({ length: packages }, (_, index) => index);
  return `// Program large is generated.
package main

import (
	"os"
	"runtime"
	"runtime/pprof"
	"time"

${all.map((index) => `\t"example.com/large/${packageName(index)}"`).join('\n')}
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func write(name string, profile string, debug int) {
	f, err := os.Create(name)
	check(err)
	check(pprof.Lookup(profile).WriteTo(f, debug))
	check(f.Close())
}

func main() {
	runtime.MemProfileRate = 64 << 10
	values := map[string]int{"alpha": 1, "beta": 2, "gamma": 3}
	_ = values
${all
  .map((index) =>
    index < waiting
      ? `\ts${index} := ${packageName(index)}.New("${index}")\n\ts${index}.Hold()\n\tgo s${index}.Step${(index * 7) % functions}("a", ${3 + (index % 12)}, values)`
      : `\ts${index} := ${packageName(index)}.New("${index}")\n\ts${index}.Busy = true`,
  )
  .join('\n')}
	cpu, err := os.Create("cpu.pprof")
	check(err)
	check(pprof.StartCPUProfile(cpu))
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); {
${all
  .filter((index) => index >= waiting)
  .map((index) => `\t\ts${index}.Step${(index * 11) % functions}("b", ${4 + (index % 20)}, values)`)
  .join('\n')}
	}
	pprof.StopCPUProfile()
	check(cpu.Close())
	runtime.GC()
	write("heap.pprof", "heap", 0)
	write("goroutines.pprof", "goroutine", 0)
	write("goroutines.stacks", "goroutine", 2)
}
`;
}
