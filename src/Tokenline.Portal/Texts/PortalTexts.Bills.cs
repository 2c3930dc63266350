using Tokenline.Billing.Bills;
using Tokenline.Portal.Bills;

namespace Tokenline.Portal.Texts;

/// <summary>Bills and what becomes of them.</summary>
internal sealed partial class PortalTexts
{
    public string BillsTitle => Say("Bills", "账单");
    public string BillsLead =>
        Say(
            "One a month: what you bought, what it paid for, and what is still to be paid. A bill never changes; corrections are written beside it.",
            "每月一份：列明所购内容、已抵扣的用量与待付金额。账单出具后不再改动，更正另行记录。"
        );
    public string BillsByMonth => Say("By month", "按月");
    public string NoBills => Say("There is no bill yet: the first one comes when the month is over.", "暂无账单，首份账单将在月结后生成。");
    public string PeriodTitle => Say("Month", "账期");
    public string DueBy => Say("Pay by", "付款截止");
    public string PaidBefore => Say("Paid when bought", "订购时已付");
    public string DueAmount => Say("Billed", "本期应付");
    public string OpenAmount => Say("Still to pay", "待付");
    public string Download => Say("Download", "下载");
    public string AsPdf => Say("Download as PDF", "下载 PDF");
    public string AsJson => Say("Download as JSON", "下载 JSON");
    public string TaxWord => Say("of it tax", "其中税额");
    public string WrittenOff => Say("Written off", "已核销");
    public string LinesTitle => Say("Lines", "明细");
    public string MemberWord => Say("Member or key", "成员或密钥");
    public string NoModel => Say("no model", "不涉及模型");
    public string WholeAccount => Say("whole account", "整个账户");
    public string WholeBill => Say("the whole bill", "整份账单");
    public string BillNumber => Say("Bill", "账单号");

    public string AllBills(int count) => Say($"All {count} bills", $"全部 {count} 份账单");

    public string MonthOf(int year, int month) => Say($"{months[month - 1]} {year}", $"{year}年{month}月");

    public string BillOf(int year, int month) => Say($"Bill of {MonthOf(year, month)}", $"{MonthOf(year, month)}账单");

    public string NextBill(DateTime at) =>
        Say($"The next bill is made after {Day(DateOnly.FromDateTime(at))}.", $"下一份账单将在 {Day(DateOnly.FromDateTime(at))}之后生成。");

    public string BillStateWord(BillState state) =>
        state switch
        {
            BillState.OnHold => Say("on hold", "争议处理中"),
            BillState.Validated => Say("issued", "已出账"),
            BillState.Sent => Say("sent", "已发送"),
            BillState.PartiallyPaid => Say("partly paid", "部分已付"),
            BillState.Settled => Say("settled", "已结清"),
            _ => Say("new", "处理中"),
        };

    public string BillStateText(BillDocument bill, DateTime dueBy) =>
        bill.State switch
        {
            BillState.OnHold => Say("Nothing is due while your question is open.", "争议处理期间无需付款。"),
            BillState.Settled when bill.OpenNano < 0 => Say(
                "What is too much is set off against the next bill.",
                "多付部分将抵扣下期账单。"
            ),
            BillState.Settled => Say("Nothing is to be paid any more.", "无需再付款。"),
            _ => Say($"Pay by {Day(DateOnly.FromDateTime(dueBy))}.", $"请于 {Day(DateOnly.FromDateTime(dueBy))}前付款。"),
        };

    public string BillLineWord(BillLineKind kind) =>
        kind switch
        {
            BillLineKind.Purchase => Say("bought", "订购"),
            BillLineKind.Refund => Say("given back", "退款"),
            BillLineKind.Included => Say("used from what was bought", "套餐内用量"),
            BillLineKind.Usage => Say("used beyond plans", "套餐外用量"),
            BillLineKind.Credit => Say("calls given back", "退还的调用"),
            BillLineKind.VolumeDiscount => Say("volume discount", "用量折扣"),
            BillLineKind.Minimum => Say("missing to the agreed minimum", "最低消费差额"),
            BillLineKind.Beyond => Say("used beyond the commitment", "超出承诺用量"),
            BillLineKind.TrueUp => Say("short of the commitment", "承诺量差额"),
            BillLineKind.VolumeTrueUp => Say("brought to the volume price reached", "按实际达到的阶梯价调整"),
            _ => Say("agreed on", "按约定"),
        };

    public string PaidBeforeNote(BillLineKind kind) =>
        kind switch
        {
            BillLineKind.Purchase => Say("paid", "已付"),
            BillLineKind.Refund => Say("returned", "已退"),
            _ => "",
        };

    public string BillQuantity(BillLine line) =>
        line.Calls == 0 ? ""
        : line.Unit is { } unit && line.Quantity != 0 && unit.Length > 3
            ? $"{Number((decimal)line.Quantity / QuotaUnit.Micro)} {Unit(new QuotaUnit(unit))}, {CallCount(line.Calls)}"
        : CallsAndTokens(line.Calls, line.Input + line.Output);

    public string BillByWord(BillBy by) =>
        by switch
        {
            BillBy.Product => Say("Product", "按产品"),
            BillBy.Model => Say("Model", "按模型"),
            BillBy.Member => Say("Member", "按成员"),
            _ => Say("All lines", "全部明细"),
        };

    public string BillPaid(DateTime at) => Say($"Paid on {Day(DateOnly.FromDateTime(at))}", $"{Day(DateOnly.FromDateTime(at))}付款");

    public string BillCredited(DateTime at) =>
        Say($"Credit note, {Day(DateOnly.FromDateTime(at))}", $"{Day(DateOnly.FromDateTime(at))}贷记");

    public string DisputeTitle => Say("Your question", "账单争议");
    public string DisputeAsk => Say("Something is wrong with it?", "对账单有疑问？");
    public string DisputeText =>
        Say(
            "Say what. Until you have an answer the bill is on hold and nothing of it is due.",
            "请说明问题。在得到答复之前账单暂缓，无需付款。"
        );
    public string DisputeLine => Say("What it is about", "涉及的明细");
    public string WhatIsWrong => Say("What is wrong", "问题说明");
    public string ReasonExpected => Say("A few words are needed, at most 300 characters.", "请填写说明，最多 300 字。");
    public string SendDispute => Say("Ask the operator", "提交争议");
    public string OperatorSays => Say("The operator says:", "运营商答复：");

    public string DisputeStateWord(DisputeState state) =>
        state switch
        {
            DisputeState.Upheld => Say("accepted", "已采纳"),
            DisputeState.Rejected => Say("the bill stands", "维持原账单"),
            _ => Say("being looked at", "处理中"),
        };
}
