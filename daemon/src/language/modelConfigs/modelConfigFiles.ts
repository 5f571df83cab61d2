import { getLanguageService, type LanguageService } from "vscode-json-languageservice";
import type { CompletionList, Diagnostic, Hover, Position } from "vscode-languageserver-protocol";
import type { OpenDocument } from "../openDocuments.js";
import { editorSchema } from "./configSchema.js";
import { missingVariables } from "./missingVariables.js";

const schemaUri = "agentscope://schemas/model-configs";
/** From here on, what is wrong with a text as JSON, which the editor says by itself, or with a schema. */
const firstOtherCode = 0x100;

/** Files of model configs: what is wrong in them, what can stand in them, and what it means, by the SDK's schema. */
export class ModelConfigFiles {
  private readonly schema = editorSchema();
  private readonly json: LanguageService;

  constructor(private readonly env: NodeJS.ProcessEnv = process.env) {
    this.json = getLanguageService({
      clientCapabilities: {
        textDocument: { completion: { completionItem: { documentationFormat: ["markdown"] } } },
      },
    });
    // No schema is fetched.
    this.json.configure({ validate: true, schemas: [{ uri: schemaUri, fileMatch: ["*"], schema: this.schema }] });
  }

  async diagnostics(document: OpenDocument): Promise<Diagnostic[]> {
    const { text } = document;
    const found = await this.json.doValidation(text, this.json.parseJSONDocument(text), undefined, this.schema);
    const ofSchema = found.filter(({ code }) => typeof code !== "number" || code < firstOtherCode);
    // Without the checker's own numbers, which mean nothing to a person.
    const told = ofSchema.map(
      ({ range, message, severity }): Diagnostic => ({
        range,
        message,
        ...(severity && { severity }),
        source: "AgentScope",
      }),
    );
    return [...told, ...missingVariables(document, this.env)];
  }

  async completion({ text }: OpenDocument, position: Position): Promise<CompletionList | null> {
    return this.json.doComplete(text, position, this.json.parseJSONDocument(text));
  }

  async hover({ text }: OpenDocument, position: Position): Promise<Hover | null> {
    return this.json.doHover(text, position, this.json.parseJSONDocument(text));
  }
}
