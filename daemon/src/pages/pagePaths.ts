/** Where the pages are; all else on the port is for programs. */
export const pagesPath = "/studio";
export const socketPath = `${pagesPath}/socket`;
export const sessionPath = `${pagesPath}/session`;
export const assetsPath = `${pagesPath}/assets`;

/** Whether a request's path is one of a page, or of what a page is made of. */
export function isPagePath(path: string): boolean {
  return path === "/" || path === pagesPath || path.startsWith(`${pagesPath}/`);
}
