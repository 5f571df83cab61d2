import { InvalidArgumentError } from "../errors.js";
import { PickleMachine } from "./pickleMachine.js";
import { opcode, refusedOpcodes } from "./pickleOpcodes.js";
import { plainFromPickle } from "./plainFromPickle.js";

/** Longer integers are refused: their arithmetic is what costs. Python's own text limit is 4300 digits. */
const maxIntegerBytes = 1024;
const maxIntegerDigits = 2400;

type Operation = (machine: PickleMachine) => void;

const operations: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [opcode.PROTO, readProtocol],
  [opcode.FRAME, (m) => void m.takeUint64()],
  [opcode.MARK, (m) => m.mark()],
  [opcode.POP, (m) => m.popOrUnmark()],
  [opcode.POP_MARK, (m) => void m.popToMark()],
  [opcode.DUP, (m) => m.push(m.peek())],

  [opcode.NONE, (m) => m.push(null)],
  [opcode.NEWTRUE, (m) => m.push(true)],
  [opcode.NEWFALSE, (m) => m.push(false)],
  [opcode.INT, readTextInteger],
  [opcode.LONG, readTextInteger],
  [opcode.BININT, (m) => m.push(m.take(4).readInt32LE())],
  [opcode.BININT1, (m) => m.push(m.takeByte())],
  [opcode.BININT2, (m) => m.push(m.take(2).readUInt16LE())],
  [opcode.LONG1, (m) => m.push(readLong(m, m.takeByte()))],
  [opcode.LONG4, (m) => m.push(readLong(m, m.take(4).readInt32LE()))],
  [opcode.FLOAT, readTextFloat],
  [opcode.BINFLOAT, (m) => m.push(m.take(8).readDoubleBE())],

  [opcode.UNICODE, readEscapedText],
  [opcode.SHORT_BINUNICODE, (m) => m.push(m.takeText(m.takeByte()))],
  [opcode.BINUNICODE, (m) => m.push(m.takeText(m.takeUint32()))],
  [opcode.BINUNICODE8, (m) => m.push(m.takeText(m.takeUint64()))],
  [opcode.SHORT_BINBYTES, (m) => m.push(readBytes(m, m.takeByte()))],
  [opcode.BINBYTES, (m) => m.push(readBytes(m, m.takeUint32()))],
  [opcode.BINBYTES8, (m) => m.push(readBytes(m, m.takeUint64()))],
  [opcode.BYTEARRAY8, (m) => m.push(readBytes(m, m.takeUint64()))],

  [opcode.EMPTY_LIST, (m) => m.push([])],
  [opcode.LIST, (m) => m.push(m.popToMark())],
  [opcode.APPEND, (m) => append(m, [m.pop()])],
  [opcode.APPENDS, (m) => append(m, m.popToMark())],
  [opcode.EMPTY_TUPLE, (m) => m.push([])],
  [opcode.TUPLE, (m) => m.push(m.popToMark())],
  [opcode.TUPLE1, (m) => m.push(popItems(m, 1))],
  [opcode.TUPLE2, (m) => m.push(popItems(m, 2))],
  [opcode.TUPLE3, (m) => m.push(popItems(m, 3))],
  [opcode.EMPTY_DICT, (m) => m.push(new Map())],
  [opcode.DICT, (m) => m.push(new Map(m.popPairs()))],
  [opcode.SETITEM, (m) => setItems(m, [popItems(m, 2) as [unknown, unknown]])],
  [opcode.SETITEMS, (m) => setItems(m, m.popPairs())],
  [opcode.EMPTY_SET, (m) => m.push(new Set())],
  [opcode.ADDITEMS, addItems],
  [opcode.FROZENSET, (m) => m.push(new Set(m.popToMark()))],

  [opcode.PUT, (m) => m.memoize(readIndex(m))],
  [opcode.BINPUT, (m) => m.memoize(m.takeByte())],
  [opcode.LONG_BINPUT, (m) => m.memoize(m.takeUint32())],
  [opcode.MEMOIZE, (m) => m.memoizeNext()],
  [opcode.GET, (m) => m.pushMemo(readIndex(m))],
  [opcode.BINGET, (m) => m.pushMemo(m.takeByte())],
  [opcode.LONG_BINGET, (m) => m.pushMemo(m.takeUint32())],
]);

/**
 * Reads a Python pickle of plain data, protocols 0 to 5; nothing is ever looked up, made or called by name.
 *
 * `None` becomes `null`; `int` a number, or a bigint outside of ±(2^53 - 1); `bytes` and `bytearray` `Uint8Array`;
 * `list` and `tuple` arrays; `dict` a plain object when all its keys are strings, else a `Map`; `set` and
 * `frozenset` `Set`.
 *
 * @param maxSizeBytes the largest input; what references inside it multiply to counts as well. Default 32 MiB.
 * @param maxDepth how deep lists, dicts, … may stand in each other. Default 200.
 * @throws InvalidArgumentError for everything else, with what it is and where it stands
 */
export function readPickle(bytes: Uint8Array, { maxSizeBytes = 32 * 1024 * 1024, maxDepth = 200 } = {}): unknown {
  if (bytes.length > maxSizeBytes) {
    throw new InvalidArgumentError(
      `The pickle can't be read: it has ${bytes.length} bytes, at most ${maxSizeBytes} are read`,
    );
  }
  const machine = new PickleMachine(bytes);
  for (;;) {
    machine.opcodeAt = machine.at;
    const code = machine.takeByte();
    if (code === opcode.STOP) break;
    const operation = operations.get(code);
    if (operation === undefined) throw refusal(machine, code);
    operation(machine);
  }
  const value = machine.pop();
  if (machine.at < bytes.length) throw machine.fail("more bytes follow its end");
  return plainFromPickle(value, { maxSizeBytes, maxDepth });
}

function refusal(machine: PickleMachine, code: number): InvalidArgumentError {
  const name = refusedOpcodes.get(code);
  if (name === undefined) return machine.fail(`opcode 0x${code.toString(16)} is not one of Python's`);
  if (name.endsWith("STRING")) return machine.fail(`${name} is text of Python 2; write it with Python 3`);
  const asked = askedGlobal(machine, name);
  const what = asked === undefined ? `it needs ${name}` : `it needs ${asked} (${name})`;
  return machine.fail(
    `${what}, but only None, bool, int, float, str, bytes, list, tuple, dict and set are read ` +
      "(sets need pickle protocol 4 or later, bytes 3, bytearray 5)",
  );
}

function askedGlobal(machine: PickleMachine, name: string): string | undefined {
  if (name === "GLOBAL" || name === "INST") return shown(`${machine.takeLine()}.${machine.takeLine()}`);
  if (name !== "STACK_GLOBAL") return undefined;
  const [module, qualifiedName] = popItems(machine, 2);
  return shown(`${String(module)}.${String(qualifiedName)}`);
}

/** Foreign text in an error: short, and without control characters. */
function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100)).slice(1, -1);
}

function readProtocol(machine: PickleMachine): void {
  const protocol = machine.takeByte();
  if (protocol > 5) throw machine.fail(`protocol ${protocol} is not known, 0 to 5 are`);
}

function readTextInteger(machine: PickleMachine): void {
  const line = machine.takeLine();
  const isBoolean = machine.bytes[machine.opcodeAt] === opcode.INT && (line === "00" || line === "01");
  if (isBoolean) {
    machine.push(line === "01");
    return;
  }
  const digits = line.replace(/L$/, "");
  if (!/^-?\d+$/.test(digits)) throw machine.fail("an integer that is none");
  if (digits.length > maxIntegerDigits) throw machine.fail(`an integer of more than ${maxIntegerDigits} digits`);
  machine.push(narrowed(BigInt(digits)));
}

/** Little-endian two's complement, as long as `length` says; no bytes are 0. */
function readLong(machine: PickleMachine, length: number): number | bigint {
  if (length < 0 || length > maxIntegerBytes)
    throw machine.fail(`an integer of ${length} bytes, at most ${maxIntegerBytes} are read`);
  if (length === 0) return 0;
  const hex = Buffer.from(machine.take(length)).reverse().toString("hex");
  return narrowed(BigInt.asIntN(length * 8, BigInt(`0x${hex}`)));
}

function narrowed(integer: bigint): number | bigint {
  const number = Number(integer);
  return Number.isSafeInteger(number) ? number : integer;
}

function readTextFloat(machine: PickleMachine): void {
  const line = machine.takeLine();
  const special = new Map([
    ["inf", Infinity],
    ["-inf", -Infinity],
    ["nan", NaN],
  ]).get(line);
  if (special === undefined && !/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(line)) throw machine.fail("a float that is none");
  machine.push(special ?? Number(line));
}

/** Protocol 0's text: Latin-1 with `\uXXXX` and `\UXXXXXXXX`. */
function readEscapedText(machine: PickleMachine): void {
  const text = machine
    .takeLine()
    .replace(/\\u([\da-fA-F]{4})|\\U([\da-fA-F]{8})/g, (_, short?: string, long?: string) => {
      const codePoint = Number.parseInt(short ?? long ?? "", 16);
      if (codePoint > 0x10ffff) throw machine.fail("a character that is none");
      return String.fromCodePoint(codePoint);
    });
  machine.push(text);
}

/** A copy, so that the value does not hold the whole input. */
function readBytes(machine: PickleMachine, length: number): Uint8Array {
  return new Uint8Array(machine.take(length));
}

function readIndex(machine: PickleMachine): number {
  const line = machine.takeLine();
  if (!/^\d{1,9}$/.test(line)) throw machine.fail("a memo number that is none");
  return Number(line);
}

/** The last items of the stack, the lowest first. */
function popItems(machine: PickleMachine, count: number): unknown[] {
  return Array.from({ length: count }, () => machine.pop()).reverse();
}

function append(machine: PickleMachine, items: unknown[]): void {
  const list = machine.peek();
  if (!Array.isArray(list)) throw machine.fail("items are appended to what is no list");
  for (const item of items) list.push(item);
}

function setItems(machine: PickleMachine, pairs: [unknown, unknown][]): void {
  const dict = machine.peek();
  if (!(dict instanceof Map)) throw machine.fail("items are set in what is no dict");
  for (const [key, value] of pairs) dict.set(key, value);
}

function addItems(machine: PickleMachine): void {
  const items = machine.popToMark();
  const set = machine.peek();
  if (!(set instanceof Set)) throw machine.fail("items are added to what is no set");
  for (const item of items) set.add(item);
}
