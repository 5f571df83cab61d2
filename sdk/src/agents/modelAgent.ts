import type { ChatModel, ChatRequest, ChatResult, ChatUsage } from "../models/chatModel.js";
import { findModel } from "../models/findModel.js";
import type { Msg } from "../messages/msg.js";
import { AgentBase } from "./agentBase.js";
import type { AgentConfig } from "./agentConfig.js";
import { conversation } from "./conversation.js";

export interface ModelAgentConfig extends AgentConfig {
  /** Whether the agent remembers what it heard and said. Default true; else each answer is to the call's own messages alone. */
  useMemory?: boolean | undefined;
}

/** An agent that answers by a model: `modelConfigName` of its config, else the default one of the process that it lives in. */
export abstract class ModelAgent<Config extends ModelAgentConfig = ModelAgentConfig> extends AgentBase<Config> {
  private readonly gone = new AbortController();
  private readonly used = { calls: 0, inputTokens: 0, outputTokens: 0 };

  /** The model calls of the agent so far, and their tokens as far as the provider tells. */
  get usage(): { readonly calls: number } & { readonly [Tokens in keyof ChatUsage]: number } {
    return { ...this.used };
  }

  /** Ends with the agent: for whatever it waits for. */
  protected get abortSignal(): AbortSignal {
    return this.gone.signal;
  }

  protected get model(): ChatModel {
    return findModel(this.config.modelConfigName);
  }

  /** What the model is asked with. */
  protected messages(heard: readonly Msg[]): Promise<ChatRequest["messages"]> {
    return conversation(this, heard);
  }

  /** Takes in what a call brings; gives all that the model is to hear. */
  protected hear(input: Msg | Msg[] | undefined): Msg[] {
    if (this.config.useMemory === false) return [input ?? []].flat();
    this.memory.add(input);
    return this.memory.get();
  }

  /** Keeps what the agent itself said or did. */
  protected remember(messages: Msg | Msg[]): void {
    if (this.config.useMemory !== false) this.memory.add(messages);
  }

  /** Asks the model, and speaks its text as it comes. */
  protected async answerAloud(request: ChatRequest): Promise<ChatResult> {
    const { textStream, result } = this.model.stream({ ...request, abortSignal: this.abortSignal });
    await this.speak(textStream);
    return this.count(await result);
  }

  /** Asks the model, and says nothing. An answer that can't be used is an error at once: the agent can say what is wrong. */
  protected async answer(request: ChatRequest): Promise<ChatResult> {
    return this.count(await this.model.stream({ ...request, abortSignal: this.abortSignal }).result);
  }

  private count(result: ChatResult): ChatResult {
    this.used.calls++;
    this.used.inputTokens += result.usage.inputTokens ?? 0;
    this.used.outputTokens += result.usage.outputTokens ?? 0;
    return result;
  }

  /** Ends the call of a model that is on. */
  override dispose(): void | Promise<void> {
    this.gone.abort();
  }
}
