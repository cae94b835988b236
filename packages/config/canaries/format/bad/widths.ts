export const widths = {a:1,
   b: "two" }
