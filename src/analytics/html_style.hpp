// The style sheet of the HTML report.
#pragma once

#include <string_view>

namespace keel::analytics {

inline constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--page:#f6f7f9;--sheet:#fff;--ink:#16202c;--soft:#5b6877;
--line:#dfe4ea;--grid:#edf0f3;--accent:#1f5fbf;--area:rgba(31,95,191,.12);--up:#0a7a4f;
--down:#c2362b;--fall-area:rgba(194,54,43,.14);--band:rgba(91,104,119,.28)}
@media (prefers-color-scheme:dark){:root{--page:#0e141b;--sheet:#161e27;--ink:#e5eaf0;
--soft:#98a5b3;--line:#2a3541;--grid:#222c37;--accent:#6ea8fe;--area:rgba(110,168,254,.16);
--up:#3ecf8e;--down:#ff7b6e;--fall-area:rgba(255,123,110,.18);--band:rgba(152,165,179,.28)}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
main{max-width:1120px;margin:0 auto;padding:28px 20px 48px}
header h1{margin:0 0 2px;font-size:26px;line-height:1.25;letter-spacing:-.01em;
overflow-wrap:anywhere}
header p{margin:0;color:var(--soft)}
h2{margin:0 0 10px;font-size:16px}
h3{margin:18px 0 6px;font-size:13px;color:var(--soft);text-transform:uppercase;letter-spacing:.05em}
.sheet{background:var(--sheet);border:1px solid var(--line);border-radius:10px;padding:18px 20px;
margin-top:16px}
.cards{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;margin-top:18px}
.card{background:var(--sheet);border:1px solid var(--line);border-radius:10px;padding:12px 16px;
min-width:0}
.card b{display:block;font-size:21px;line-height:1.3;font-variant-numeric:tabular-nums;
font-weight:650;overflow-wrap:anywhere}
.card span{color:var(--soft);font-size:13px}
.columns{display:grid;grid-template-columns:repeat(3,minmax(0,1fr));gap:8px 36px}
.columns h3{margin-top:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:14px}
th,td{padding:5px 10px 5px 0;text-align:right;border-bottom:1px solid var(--grid);
unicode-bidi:isolate;vertical-align:top}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-weight:600;border-bottom-color:var(--line);white-space:nowrap}
tbody th{font-weight:400;text-align:left}
td.text,th.text{text-align:left}
.columns td{padding-left:8px;overflow-wrap:anywhere}
.columns td.short{white-space:nowrap;width:1%}
.columns th.sub{overflow-wrap:anywhere}
.columns tbody th{color:var(--soft)}
tbody th.sub{padding-left:14px}
.rows td,.rows tbody th{white-space:nowrap}
.stats{table-layout:fixed}.stats th{width:30%}.stats td:last-child{width:18%}
.formula{color:var(--soft);font-size:13px}
tbody tr:last-child>*{border-bottom:0}
.up{color:var(--up)}.down{color:var(--down)}
.note{color:var(--soft);margin:6px 0 0}
ul.notes{margin:10px 0 0;padding-left:20px;color:var(--soft)}
.legend{display:inline-block;margin-left:14px;font-size:13px;font-weight:400;color:var(--soft)}
.legend i{font-style:normal}
svg.chart{display:block;width:100%;height:auto}
svg.narrow{display:none}
svg text{font-size:12px;fill:var(--soft);font-variant-numeric:tabular-nums}
svg .grid{stroke:var(--grid)}
svg .frame,svg .tick{stroke:var(--line)}
svg .zero{stroke:var(--soft);stroke-dasharray:3 4;stroke-width:1}
svg path{fill:none;stroke-linejoin:round}
svg .line{stroke:var(--accent);stroke-width:1.6}
svg .area{fill:var(--area)}
svg .price{stroke:var(--soft);stroke-width:1.2}
svg .band{fill:var(--band)}
svg .fall{stroke:var(--down);stroke-width:1.3}
svg .fall-area{fill:var(--fall-area)}
svg .buy,svg .gain{fill:var(--up)}svg .sell,svg .loss{fill:var(--down)}
svg .buy,svg .sell{stroke:var(--sheet);stroke-width:.8}
footer{color:var(--soft);font-size:13px;margin-top:18px;overflow-wrap:anywhere}
@media (max-width:860px){.columns{grid-template-columns:1fr}.columns h3{margin-top:10px}
.cards{grid-template-columns:repeat(2,1fr)}}
@media (max-width:700px){main{padding:18px 12px 32px}.sheet{padding:14px}
svg.wide{display:none}svg.narrow{display:block;max-width:560px;margin:0 auto}
.card b{font-size:18px}.formula{display:none}.stats th{width:62%}.stats td:last-child{width:38%}
.legend{display:block;margin:2px 0 0}}
@media print{:root{--page:#fff;--sheet:#fff;--ink:#000;--soft:#444;--line:#bbb;--grid:#ddd;
--accent:#1f5fbf;--area:rgba(31,95,191,.12);--up:#0a7a4f;--down:#c2362b;
--fall-area:rgba(194,54,43,.14);--band:rgba(91,104,119,.28);color-scheme:light}
@page{margin:14mm}
body{font-size:11px;-webkit-print-color-adjust:exact;print-color-adjust:exact}
main{max-width:none;padding:0}.sheet{border:0;padding:0;border-radius:0}
table,.formula{font-size:11px}.card{padding:6px 10px}.card b{font-size:15px}
.cards{grid-template-columns:repeat(4,1fr)}.columns{grid-template-columns:repeat(3,1fr)}
svg.wide{display:block}svg.narrow{display:none}.scroll{overflow:visible}
figure,.card,tr,h2,h3{break-inside:avoid}h2,h3{break-after:avoid}thead{display:table-header-group}}
)";

}  // namespace keel::analytics
