/** Holds `<id>/vmi.json`, the catalog entries of the paper's Table 1 and of our balancers. */
export const entriesDirectory = import.meta.dirname;
