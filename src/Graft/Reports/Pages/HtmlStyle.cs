namespace Graft.Reports.Pages;

/// <summary>The style sheet inside every page: one column, light or dark as the reader's system is, printable.</summary>
internal static class HtmlStyle
{
    public const string Sheet = """
        :root { --ground: #ffffff; --panel: #f6f7f9; --text: #1c2026; --quiet: #5c646e; --line: #dfe3e8; --grid: #e6e9ed;
          --axis: #8c949e; --accent: #2f7de1; --warning: #b45309; --warning-ground: #fef3e2; }
        @media (prefers-color-scheme: dark) { :root { --ground: #14171b; --panel: #1d2127; --text: #e6e9ed; --quiet: #9aa3ae;
          --line: #333a43; --grid: #2a3038; --axis: #6b7480; --accent: #6aa6f0; --warning: #f3b562; --warning-ground: #33270f; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--text); line-height: 1.5;
          font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
        main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
        h1 { font-size: 28px; line-height: 1.2; margin: 0 0 4px; }
        h2 { font-size: 19px; margin: 40px 0 12px; }
        p { margin: 8px 0; max-width: 75ch; }
        .subtitle { color: var(--quiet); margin-bottom: 24px; }
        .warning { color: var(--warning); background: var(--warning-ground); border-left: 3px solid currentColor; padding: 8px 12px;
          border-radius: 4px; max-width: none; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(165px, 1fr)); gap: 12px; margin: 16px 0; }
        .figure { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; }
        .figure b { display: block; font-size: 22px; line-height: 1.4; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
        .figure small { display: block; color: var(--quiet); font-size: 12.5px; overflow-wrap: anywhere; }
        .wide { overflow-x: auto; margin: 12px 0; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th { text-align: left; font-weight: 600; color: var(--quiet); font-size: 13px; border-bottom: 1px solid var(--axis); }
        th, td { padding: 6px 12px; white-space: nowrap; }
        td { border-bottom: 1px solid var(--line); }
        td.words { white-space: normal; overflow-wrap: anywhere; }
        th.number, td.number { text-align: right; }
        th.number { white-space: normal; }
        tr.strong td { font-weight: 600; background: var(--panel); }
        .charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; margin: 12px 0; }
        .chart { display: block; width: 100%; background: var(--panel); border: 1px solid var(--line); border-radius: 8px;
          font-family: inherit; }
        .chart text { white-space: pre; }
        figure { margin: 16px 0; } figure img { display: block; max-width: 100%; border-radius: 8px; border: 1px solid var(--line); }
        figcaption { color: var(--quiet); font-size: 13.5px; margin-top: 6px; }
        pre { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; overflow-x: auto;
          font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
        @media print { main { max-width: none; padding: 0; } h2 { break-after: avoid; } .chart, .figure, figure { break-inside: avoid; } }
        """;
}
