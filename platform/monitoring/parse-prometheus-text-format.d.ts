/** The library comes without types. */
declare module 'parse-prometheus-text-format' {
  namespace parsePrometheusTextFormat {
    interface Metric {
      /** Of counters, gauges and untyped ones; as in the page: `1.5e+06`, `NaN`. */
      readonly value?: string;
      readonly labels?: Readonly<Record<string, string>>;
    }
    interface Family {
      readonly name: string;
      readonly metrics: readonly Metric[];
    }
  }
  /** Throws on a line that is none of the format's. */
  function parsePrometheusTextFormat(page: string): readonly parsePrometheusTextFormat.Family[];
  export = parsePrometheusTextFormat;
}
