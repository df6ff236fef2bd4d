/** Struct layouts from the runtime's own type descriptors (internal/abi.Type). They survive -s -w, strip and -trimpath. */
import type { Image } from './image.ts';
import type { ModuleData } from './module-data.ts';
import { spend } from './source.ts';

export interface RuntimeType {
  readonly address: number;
  readonly kind: number;
  readonly size: number;
  /** `mfs.Directory`: last element of the package and name. */
  readonly name: string;
  /** Import path of the package, '' for unnamed types. */
  readonly path: string;
  /** Type that a pointer, slice, array or channel is of. */
  readonly element: number;
}

/** One step into a struct. */
export interface FieldStep {
  readonly name: string;
  readonly type: string;
  /** From the start of the struct before. */
  readonly offset: number;
}

/** `.Session` of `*yamux.Session`, `.Cache[...]` of `*lru.Cache[string,x/y.T]`. */
function bareName(name: string): string {
  const bracket = name.indexOf('[');
  const base = bracket < 0 ? name : name.slice(0, bracket);
  return base.slice(base.lastIndexOf('.')) + (bracket < 0 ? '' : '[...]');
}

const array = 17;
const chan = 18;
const func = 19;
const iface = 20;
const map = 21;
const pointer = 22;
const slice = 23;
const struct = 25;
const lastKind = 26;

const hasUncommon = 1;
const hasExtraStar = 2;

/** Fields of one struct that are looked at. */
const maxFields = 4096;
/** Structs inside structs. */
const maxDepth = 16;

export class RuntimeTypes {
  private readonly image: Image;
  private readonly module: ModuleData;
  private readonly pointerSize: number;
  private readonly head: number;

  constructor(image: Image, module: ModuleData) {
    this.image = image;
    this.module = module;
    this.pointerSize = image.words.pointerSize;
    this.head = 4 * this.pointerSize + 16;
  }

  /** The type at an address; undefined when there is none. */
  at(address: number): RuntimeType | undefined {
    const { module, pointerSize, head } = this;
    if (!(address >= module.types && address + head <= module.typesEnd) || address % pointerSize !== 0) return undefined;
    spend(this.image.budget, 4);
    const bytes = this.image.at(address, head);
    if (bytes.length < head) return undefined;
    const kind = (bytes[2 * pointerSize + 7] ?? 0) & 31;
    const flags = bytes[2 * pointerSize + 4] ?? 0;
    const string = this.image.words.u32(bytes, 4 * pointerSize + 8);
    if (kind === 0 || kind > lastKind || string === 0 || string > module.typesEnd - module.types) return undefined;
    const full = this.nameAt(module.types + string)?.text;
    if (full === undefined || full === '') return undefined;
    const pathAt = (flags & hasUncommon) === 0 ? 0 : this.image.u32At(address + this.sizeOf(kind));
    const element = kind === pointer || kind === slice || kind === array || kind === chan ? this.image.pointerAt(address + head) : 0;
    return {
      address,
      kind,
      size: this.image.words.word(bytes, 0),
      name: (flags & hasExtraStar) !== 0 && full.startsWith('*') ? full.slice(1) : full,
      path: pathAt === 0 ? '' : (this.nameAt(module.types + pathAt)?.text ?? ''),
      element,
    };
  }

  /** What an interface value's first word points to: the concrete type, by an itab or directly. */
  concreteAt(address: number): { readonly type: string; readonly as?: string } | undefined {
    const direct = this.at(address);
    if (direct !== undefined) return { type: direct.name };
    if (address % this.pointerSize !== 0 || this.image.segmentAt(address)?.executable !== false) return undefined;
    const as = this.at(this.image.pointerAt(address));
    if (as?.kind !== iface) return undefined;
    const concrete = this.at(this.image.pointerAt(address + this.pointerSize));
    return concrete === undefined ? undefined : { type: concrete.name, as: as.name };
  }

  /** Which field, and field of that field, an offset into a type lies in; empty when it is no struct or the offset is outside. */
  fieldPath(address: number, offset: number): readonly FieldStep[] {
    const steps: FieldStep[] = [];
    let type = this.at(address);
    let rest = offset;
    while (type !== undefined && steps.length < maxDepth && rest < type.size) {
      if (type.kind === array) {
        const element = this.at(type.element);
        if (element === undefined || element.size === 0) break;
        steps.push({ name: `[${Math.floor(rest / element.size)}]`, type: element.name, offset: 0 });
        rest %= element.size;
        type = element;
        continue;
      }
      const field = type.kind === struct ? this.fieldAt(type.address, rest) : undefined;
      if (field === undefined) break;
      steps.push({ name: field.name, type: field.type.name, offset: field.offset });
      rest -= field.offset;
      type = field.type;
    }
    return steps;
  }

  private fieldAt(struct: number, offset: number): { readonly name: string; readonly type: RuntimeType; readonly offset: number } | undefined {
    const { pointerSize, image } = this;
    const header = struct + this.head + pointerSize;
    const fields = image.pointerAt(header);
    const count = Math.min(image.wordAt(header + pointerSize), maxFields);
    for (let index = count - 1; index >= 0; index--) {
      spend(image.budget, 1);
      const at = fields + index * 3 * pointerSize;
      const raw = image.wordAt(at + 2 * pointerSize);
      // From Go 1.9 to 1.18 the lowest bit says embedded.
      const start = this.module.minor >= 9 && this.module.minor < 19 ? Math.floor(raw / 2) : raw;
      if (start > offset) continue;
      const type = this.at(image.pointerAt(at + pointerSize));
      if (type === undefined) return undefined;
      // A field of no size may share its offset with the one before.
      if (offset >= start + type.size) {
        if (type.size === 0) continue;
        return undefined;
      }
      const name = this.nameAt(image.pointerAt(at))?.text ?? '?';
      // Up to Go 1.8 an embedded field has no name of its own.
      return { name: name === '' ? type.name.slice(Math.max(type.name.lastIndexOf('.'), type.name.lastIndexOf('*')) + 1) : name, type, offset: start };
    }
    return undefined;
  }

  /**
   * Named types by import path and name, `github.com/x/y.Session`; `github.com/x/y.Cache[...]` finds every instance of a generic one.
   * Only types that something points to by reflection are listed.
   */
  find(names: ReadonlySet<string>): ReadonlyMap<string, readonly RuntimeType[]> {
    const found = new Map<string, RuntimeType[]>();
    // By type alone: the package clause may differ from the last element of its path (`go-yamux/v5` is package yamux).
    const byType = new Map<string, string[]>();
    for (const name of names) byType.set(bareName(name), [...(byType.get(bareName(name)) ?? []), name]);
    const generic = [...names].some((name) => name.endsWith(']'));
    for (const address of this.listed()) {
      if (found.size === names.size && !generic) break;
      spend(this.image.budget, 4);
      const bytes = this.image.at(address, this.head + this.pointerSize);
      if (((bytes[2 * this.pointerSize + 7] ?? 0) & 31) !== pointer) continue;
      const text = this.nameAt(this.module.types + this.image.words.u32(bytes, 4 * this.pointerSize + 8))?.text ?? '';
      const candidates = byType.get(bareName(text));
      if (candidates === undefined) continue;
      const type = this.at(this.image.pointerAt(address + this.head));
      if (type === undefined) continue;
      const own = bareName(type.name);
      const paths = [type.path, type.path.replace(/^.*\/vendor\//, '')];
      for (const name of candidates) {
        if (!paths.some((path) => name === `${path}${own}`)) continue;
        const known = found.get(name);
        if (known === undefined) found.set(name, [type]);
        else if (own.endsWith(']')) known.push(type);
      }
    }
    return found;
  }

  /** Descriptors that the linker lists: pointer types to named ones among them. */
  private *listed(): Generator<number> {
    const { module, pointerSize, image } = this;
    if (module.descriptors > 0) {
      const end = Math.min(module.types + module.descriptors, module.typesEnd);
      for (let at = module.types + pointerSize; at < end;) {
        at = Math.ceil(at / pointerSize) * pointerSize;
        yield at;
        const size = this.descriptorSize(at);
        if (size === 0) return;
        at += size;
      }
      return;
    }
    const links = image.at(module.typelinks.address, module.typelinks.count * 4);
    for (let at = 0; at + 4 <= links.length; at += 4) yield module.types + image.words.u32(links, at);
  }

  /** internal/abi.(*Type).DescriptorSize of Go 1.27: fixed part, uncommon part, and the arrays behind them. */
  private descriptorSize(address: number): number {
    const { words } = this.image;
    const bytes = this.image.at(address, this.head + 4 * this.pointerSize);
    const kind = (bytes[2 * this.pointerSize + 7] ?? 0) & 31;
    if (kind === 0 || kind > lastKind) return 0;
    const fixed = this.sizeOf(kind);
    let behind = 0;
    if (kind === func) behind = (words.u16(bytes, this.head) + (words.u16(bytes, this.head + 2) & 0x7fff)) * this.pointerSize;
    else if (kind === iface) behind = words.word(bytes, this.head + 2 * this.pointerSize) * 8;
    else if (kind === struct) behind = words.word(bytes, this.head + 2 * this.pointerSize) * 3 * this.pointerSize;
    if (((bytes[2 * this.pointerSize + 4] ?? 0) & hasUncommon) === 0) return fixed + behind;
    return fixed + behind + 16 + words.u16(this.image.at(address + fixed + 4, 2), 0) * 16;
  }

  /** Size of the fixed part by kind: what stands before the uncommon type. */
  private sizeOf(kind: number): number {
    const { head, pointerSize } = this;
    switch (kind) {
      case array:
        return head + 3 * pointerSize;
      case chan:
        return head + 2 * pointerSize;
      case func:
      case pointer:
      case slice:
        return head + pointerSize;
      case iface:
      case struct:
        return head + 4 * pointerSize;
      case map:
        return this.module.minor >= 27 ? head + 9 * pointerSize : this.module.minor >= 24 ? head + 8 * pointerSize : head + 4 * pointerSize + 8;
      default:
        return head;
    }
  }

  /** A name: a byte of flags, the length (two bytes up to Go 1.16, a varint since), the text. */
  private nameAt(address: number): { readonly text: string } | undefined {
    const bytes = this.image.at(address, 4);
    if (bytes.length < 3) return undefined;
    const [, low = 0, high = 0] = bytes;
    const long = low >= 128;
    const length = this.module.minor < 17 ? low * 256 + high : long ? (low & 127) + (high & 127) * 128 : low;
    const start = this.module.minor < 17 || long ? 3 : 2;
    if (length > 4096) return undefined;
    const text = this.image.at(address + start, length);
    return text.length < length ? undefined : { text: text.toString('utf8') };
  }
}
