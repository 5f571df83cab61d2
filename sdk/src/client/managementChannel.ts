import type { ClientReadableStream, Client as GrpcClient, Metadata, MethodDefinition } from "@grpc/grpc-js";
import { AgentScopeError, AgentServerNotAliveError } from "../errors.js";
import {
  type ClientAccess,
  channelOptions,
  clientCredentials,
  loadGrpc,
  serverAddress,
  toAgentScopeError,
} from "../link/grpcClient.js";
import {
  type ByteMsg,
  type GeneralResponse,
  type ManagementRequest,
  maxManagementMessageBytes,
  rpcAgentService,
  type UnaryMethod,
} from "../management/rpcAgentProto.js";

/** Where a server listens, and what it wants to let a client in. */
export interface ServerAccess extends ClientAccess {
  host: string;
  port: number;
}

/** How long a call may take, and how to give it up. */
export interface CallLimits {
  /** Milliseconds. */
  timeoutMs: number;
  /** Aborting it gives the call up; it rejects with AgentScopeError (CANCELLED). */
  signal?: AbortSignal | undefined;
}

interface Connection {
  client: GrpcClient;
  metadata: Metadata;
}

/** A call under way, as far as it can be given up. */
interface Cancellable {
  cancel(): void;
}

/**
 * The connection of one client to the management service of one server.
 *
 * 1. It is made with the first call, and made anew with the first one after it was lost: no backoff delays that one.
 * 2. Without calls it does not keep the process alive.
 * 3. After `close` every call rejects; those under way are given up.
 */
export class ManagementChannel {
  readonly address: string;
  readonly #access: ServerAccess;
  #connecting: Promise<Connection> | undefined;
  #current: Connection | undefined;
  readonly #calls = new Set<Cancellable>();
  #isClosed = false;

  constructor(access: ServerAccess) {
    this.#access = access;
    this.address = serverAddress(access.host, access.port);
  }

  /** @throws AgentScopeError as {@link toAgentScopeError} says, with the gRPC error as `cause` */
  async unary<Name extends UnaryMethod>(
    name: Name,
    request: ManagementRequest<Name>,
    { timeoutMs, signal }: CallLimits,
  ): Promise<GeneralResponse> {
    const connection = await this.#connected();
    const method = rpcAgentService[name] as MethodDefinition<ManagementRequest<Name>, GeneralResponse>;
    const { path, requestSerialize, responseDeserialize } = method;
    return new Promise((resolve, reject) => {
      const callback = (error: Error | null, response?: GeneralResponse) => {
        ended();
        if (response === undefined) reject(this.#failed(error, connection, timeoutMs));
        else resolve(response);
      };
      const options = { deadline: Date.now() + timeoutMs };
      const args = [
        path,
        requestSerialize,
        responseDeserialize,
        request,
        connection.metadata,
        options,
        callback,
      ] as const;
      const call = connection.client.makeUnaryRequest(...args);
      const ended = this.#begun(call, signal);
    });
  }

  /**
   * A file of the server in pieces, read no faster than they are taken. Leaving the loop gives the call up.
   * @param limits here `timeoutMs` is the longest silence between pieces
   */
  async *downloadFile(path: string, { timeoutMs, signal }: CallLimits): AsyncGenerator<Uint8Array, void, undefined> {
    const connection = await this.#connected();
    const { path: method, requestSerialize, responseDeserialize } = rpcAgentService.download_file;
    const args = [method, requestSerialize, responseDeserialize, { value: path }, connection.metadata] as const;
    const call: ClientReadableStream<ByteMsg> = connection.client.makeServerStreamRequest(...args);
    const ended = this.#begun(call, signal);
    let isSilent = false;
    const silence = setTimeout(() => {
      isSilent = true;
      call.cancel();
    }, timeoutMs);
    try {
      for await (const { data } of call as AsyncIterable<ByteMsg>) {
        silence.refresh();
        yield data;
        silence.refresh();
      }
    } catch (error) {
      if (!isSilent) throw this.#failed(error, connection, timeoutMs);
      const what = `The agent server at ${this.address} sent nothing for ${timeoutMs} ms (option timeoutMs)`;
      throw new AgentScopeError("DEADLINE_EXCEEDED", what, { cause: error });
    } finally {
      clearTimeout(silence);
      ended();
      call.cancel();
    }
  }

  close(): void {
    this.#isClosed = true;
    for (const call of this.#calls) call.cancel();
    this.#current?.client.close();
  }

  async #connected(): Promise<Connection> {
    if (this.#isClosed) throw this.#closed();
    this.#connecting ??= this.#connect();
    return this.#connecting;
  }

  async #connect(): Promise<Connection> {
    try {
      const [{ Client }, { credentials, metadata }] = await Promise.all([loadGrpc(), clientCredentials(this.#access)]);
      if (this.#isClosed) throw this.#closed();
      const options = channelOptions({ maxMessageBytes: maxManagementMessageBytes });
      this.#current = { client: new Client(this.address, credentials, options), metadata };
      return this.#current;
    } catch (error) {
      this.#connecting = undefined;
      throw error;
    }
  }

  /** Lets the call be given up; the result is to be called when it has ended. */
  #begun(call: Cancellable, signal: AbortSignal | undefined): () => void {
    const cancel = () => call.cancel();
    this.#calls.add(call);
    signal?.addEventListener("abort", cancel, { once: true });
    if (signal?.aborted) cancel();
    return () => {
      this.#calls.delete(call);
      signal?.removeEventListener("abort", cancel);
    };
  }

  #failed(error: unknown, connection: Connection, timeoutMs: number): AgentScopeError {
    const failure = toAgentScopeError(error, this.address, { timeoutMs });
    if (failure instanceof AgentServerNotAliveError) this.#forget(connection);
    return this.#isClosed ? this.#closed(error) : failure;
  }

  /** The next call makes a new connection. */
  #forget(lost: Connection): void {
    if (this.#current !== lost) return;
    this.#current = undefined;
    this.#connecting = undefined;
    lost.client.close();
  }

  #closed(cause?: unknown): AgentScopeError {
    return new AgentScopeError("CANCELLED", `The client of the agent server at ${this.address} was closed`, { cause });
  }
}
