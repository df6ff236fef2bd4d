/** Kinds of cost: which functions of Go tell what the CPU did. Names are of the Go runtime, 1.4 to 1.27. */

/** Kinds that hold when any frame of the stack matches, most telling first. */
export const anywhere: readonly (readonly [string, RegExp])[] = [
  ['GC, idle time', /^runtime\.gcDrainMarkWorkerIdle$/],
  ['GC, assists of allocators', /^runtime\.(?:gcAssistAlloc\d?|gcParkAssist|\(\*gcControllerState\)\.(?:assist|revise))/],
  [
    'GC, background',
    /^runtime\.(?:gcBgMarkWorker|gcDrain|gcMark|gcStart|gcSweep$|gcResetMarkState|gcFlushBgCredit|gcControllerCommit|gcWriteBarrier|scan(?:object|block|stack|Conservative|Span|Object)|spanQueue|markroot|greyobject|shade|tryDeferToSpanScan|\(\*gcWork\)|\(\*gcControllerState\)|wbBufFlush|\(\*wbBuf\)|bulkBarrier|stopTheWorld|startTheWorld|stwGC)/,
  ],
  [
    'GC, sweep and return',
    /^runtime\.(?:bgsweep|bgscavenge|sweepone|deductSweepCredit|\(\*sweepLocke[dr]\)|\(\*mspan\)\.(?:sweep|ensureSwept)|\(\*mheap\)\.reclaim|\(\*pageAlloc\)\.scavenge|\(\*scavengerState\)|finishsweep_m|sysUnused|runfinq|runFinalizers|runCleanups)/,
  ],
  [
    'taking a profile',
    /^runtime\.(?:sigprof|\(\*profBuf\)|profileLoop|\(\*sigctxt\)\.preparePanic|setProcessCPUProfiler|saveblockevent|mutexevent|blockevent)|^runtime\/pprof\.(?:profileWriter|newProfileBuilder|allFrames|write|print|elfBuildID|runtime_|(?:Start|Stop)CPUProfile|\(\*(?:profileBuilder|profMap|protobuf|Profile)\))|^runtime\/trace\./,
  ],
  ['scheduler', /^runtime\.(?:gopreempt_m|goschedImpl|schedule|park_m)$/],
  ['stack growth', /^runtime\.(?:morestack|newstack|copystack|adjustframe|adjustpointers|stackalloc|stackfree|stackcacherefill|shrinkstack)/],
  [
    'allocation',
    /^runtime\.(?:mallocgc|newobject|newarray|makeslice|growslice|makemap|makechan|rawbyteslice|rawruneslice|rawstring|concatstring|concatbyte|slicebytetostring|slicerunetostring|stringtoslice|intstring|nextFreeFast|\(\*mcache\)|\(\*mcentral\)|\(\*mheap\)\.(?:alloc|grow)|\(\*fixalloc\)|profilealloc|mProf_Malloc|convT|newdefer|persistentalloc|SetFinalizer|AddCleanup)/,
  ],
];

/** Kinds that are decided by the run of runtime frames at the inner end of the stack, most telling first. */
export const innermost: readonly (readonly [string, RegExp])[] = [
  [
    'locks and channels',
    /^(?:runtime\.(?:chansend|chanrecv|selectgo|selectnb|closechan|semacquire|semrelease|sync_|readyWithTime|notifyList|send$|recv$)|sync\.\(\*(?:Mutex|RWMutex|WaitGroup|Cond|Once|Pool|Map)\)|internal\/sync\.|sync\.runtime_)/,
  ],
  [
    'syscalls',
    /^(?:syscall\.|(?:internal\/runtime|runtime\/internal)\/syscall|runtime\.(?:cgocall|asmcgocall|entersyscall|exitsyscall|reentersyscall)|internal\/syscall\/|golang\.org\/x\/sys\/)/,
  ],
  [
    'scheduler',
    /^runtime\.(?:mcall|park_m|schedule|find[rR]unnable|stealWork|runq|gopreempt_m|goschedImpl|gosched|goexit|gdestroy|startm|stopm|wakep|ready$|goready|mPark|note|futex|sema(?:sleep|wakeup)|usleep|osyield|procyield|resetspinning|pidle|checkTimers|runtimer|adjusttimers|netpoll|epollwait|kevent|sysmon|retake|preempt|sigtramp|sighandler|tgkill|doSigPreempt|sigFetchG|handoffp|mstart|newproc|gfget|malg|execute|gogo|mach_semaphore|pthread_|stdcall|lock|unlock|casgstatus|acquirem|releasem|acquirep|releasep|timeSleep|resetTimer|stopTimer|startTimer|addtimer|deltimer|modtimer|doaddtimer|poll_runtime|\(\*pollCache\)|\(\*pollDesc\)|\(\*timers?\)|\(\*guintptr\))/,
  ],
  [
    'maps and hashing',
    /^(?:runtime\.(?:map|aeshash|memhash|strhash|interhash|nilinterhash|typehash|evacuate|hashGrow|growWork|tophash|bucketShift|\(\*hmap\)|\(\*bmap\))|internal\/runtime\/maps\.|aeshashbody|memhash|type:?\.\.?hash)/,
  ],
  [
    'copying and comparing',
    /^(?:runtime\.(?:memmove|memclr|typedmemmove|typedmemclr|typedslicecopy|duffcopy|duffzero|memequal|cmpstring|strequal|ifaceeq|efaceeq|interequal|nilinterequal)|memeqbody|cmpbody|indexbytebody|internal\/bytealg\.|type:?\.\.?eq)/,
  ],
  ['the clock', /^(?:runtime\.(?:nanotime|walltime|cputicks|vdso|time_now)|time\.now$)/],
  [
    'stack traces',
    /^runtime\.(?:[Cc]allers|gentraceback|traceback|\(\*unwinder\)|\(\*inlineUnwinder\)|\(\*Frames\)|\(\*Func\)|FuncForPC|pcvalue|pcdatavalue|step$|findfunc|funcline|funcname|funcInfo|funcspdelta|\(\*moduledata\)|\(\*stkframe\)|readvarint|CallersFrames|expandFrames|tracebackPCs|fpTracebackPCs|printpanic|Stack$)/,
  ],
  [
    'interfaces and defers',
    /^(?:runtime\.(?:typeAssert|getitab|itabInit|itabAdd|\(\*itab\)|\(\*itabTableType\)|assert[EI]|convI|interfaceSwitch|deferproc|deferreturn|deferrangefunc|deferconvert|gopanic|gorecover|recovery|\(\*_panic\)|panic|rand|cheaprand|fastrand|add$|typelinksinit|toType|\(\*rtype\)|rtype|name\.|resolve)|internal\/abi\.|internal\/chacha8rand\.|internal\/runtime\/atomic\.|runtime\/internal\/atomic\.|internal\/race)/,
  ],
  ['scheduler', /^runtime\.systemstack$/],
];

/** Kinds of the first frame that is no runtime frame. */
export const byCaller: readonly (readonly [string, RegExp])[] = [
  ['cryptography', /^(?:vendor\/)?(?:crypto\/|golang\.org\/x\/crypto\/|math\/big\.)|ed25519|secp256k1|sha256-simd|blake2|blake3|chacha|\/noise/],
  ['compression', /^(?:compress\/|hash\/(?:crc32|adler32))|(?:^|\/)(?:klauspost\/compress|golang\/snappy|pierrec\/lz4)/],
  ['encoding', /^(?:encoding\/|google\.golang\.org\/protobuf)|(?:^|\/)(?:gogo|golang)\/protobuf|refmt|go-ipld-cbor|multiformats/],
  ['text and reflection', /^(?:regexp|reflect|fmt|sort|slices|strconv|strings|bytes|unicode)[./]/],
];

/** Frames of Go that work for whoever called them. */
export const runtimeFrame =
  /^(?:runtime[./]|internal\/runtime\/|internal\/abi|internal\/bytealg|internal\/race|internal\/chacha8|sync\.|internal\/sync|syscall\.|internal\/syscall|golang\.org\/x\/sys\/|aeshash|memhash|memeq|cmpbody|indexbyte|type:?\.\.?(?:eq|hash)|time\.now$)/;

/** Left on the stack by a preemption: what was preempted is what used the CPU. */
export const preemption = /^runtime\.asyncPreempt\d?$/;

/** What a system call was for, by the nearest function above it that says it. */
export const callsFor: readonly (readonly [string, RegExp])[] = [
  [
    'syscalls, network',
    /^(?:net\.|golang\.org\/x\/net\/|internal\/poll\.\(\*FD\)\.(?:Accept|Connect|RecvFrom|SendTo|Read(?:From|Msg)|Write(?:To|Msg)|Shutdown|SetsockoptInt)|(?:syscall|golang\.org\/x\/sys\/unix)\.(?:accept|Accept|connect|Connect|recv|Recv|send|Send|socket|Socket|bind|listen|getsock|setsock|[Gg]et[Ss]ock|[Ss]et[Ss]ock))/,
  ],
  [
    'syscalls, files',
    /^(?:os\.|io\/ioutil\.|path\/filepath\.|internal\/poll\.\(\*FD\)\.(?:Pread|Pwrite|Fsync|Ftruncate|Fstat|Seek|ReadDir|Fchmod)|(?:syscall|golang\.org\/x\/sys\/unix)\.(?:[Oo]pen|[Ss]tat|[Ff]stat|[Ll]stat|[Uu]nlink|[Rr]ename|[Mm]kdir|[Pp]read|[Pp]write|[Ff]sync|[Gg]etdents|[Rr]ead[Dd]irent|[Ff]allocate|[Ff]truncate|[Ff]lock))/,
  ],
  ['syscalls, memory maps', /^(?:syscall|golang\.org\/x\/sys\/unix)\.(?:[Mm]map|[Mm]unmap|[Mm]advise|[Mm]sync|[Mm]lock)/],
  ['C code', /^runtime\.(?:cgocall|asmcgocall)|^_cgo|\._Cfunc_/],
];

/** Not decided by any of them. */
export const [ownCode, unclassified, otherCalls, noStack] = ['own code', 'other runtime work', 'syscalls, other', 'no stack'];
