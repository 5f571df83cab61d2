/** What a host is told to make. */
export interface AgentSpec {
  id: string;
  name: string;
  className: string;
  /** Of the constructor. */
  args: readonly unknown[];
  /** Where the class is defined, if it is not registered with the host. */
  moduleUrl: string | undefined;
}
