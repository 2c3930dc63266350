using Tokenline.Billing.Bills;
using Tokenline.Billing.Ledger;
using Tokenline.Billing.Reconciliation;
using Tokenline.Billing.Settlement;
using Tokenline.Commerce.Payments;

namespace Tokenline.Portal.Texts;

/// <summary>Bills, settlements, reconciliation, the ledger.</summary>
internal sealed partial class PortalTexts
{
    public string FinanceTitle => Say("Finance", "财务");
    public string LedgerTitle => Say("Ledger", "总账");
    public string OperatorBillsTitle => Say("Bills", "账单");
    public string SettlementsTitle => Say("Settlements", "结算");
    public string ReconciliationTitle => Say("Reconciliation", "对账");

    public string LastClosed => Say("Last closed month", "最近关账月份");
    public string NoneYet => Say("none yet", "尚无");
    public string LastTwoMonths => Say("this month and the last", "本月与上月");
    public string OpenReceivables => Say("Open receivables", "应收账款");
    public string LedgerText => Say("Balances of the books; each currency adds up to nothing.", "账簿余额，各币种合计为零。");
    public string LedgerAccountWord => Say("Account", "科目");
    public string DebitWord => Say("Debit", "借方");
    public string CreditWord => Say("Credit", "贷方");

    public string SumIn(Currency currency) => Say($"Sum in {currency}", $"{Currency(currency)}合计");

    public string UncollectedText =>
        Say("What calls used beyond what any bucket could pay. It is not billed.", "超出所有额度、无从扣取的用量，不计入账单。");
    public string NothingUncollected => Say("Everything was paid for.", "全部已扣费。");

    public string LedgerKind(LedgerAccountKind kind) =>
        kind switch
        {
            LedgerAccountKind.CarrierClearing => Say("taken on phone bills", "话费代收"),
            LedgerAccountKind.Bank => Say("bank", "银行"),
            LedgerAccountKind.Receivable => Say("billed to customers", "应收账款"),
            LedgerAccountKind.Wallet => Say("customers' wallets", "客户钱包"),
            LedgerAccountKind.DeferredRevenue => Say("paid, not used yet", "递延收入"),
            LedgerAccountKind.RefundsPayable => Say("refunds owed", "应付退款"),
            LedgerAccountKind.VendorPayable => Say("owed to vendors", "应付厂商"),
            LedgerAccountKind.ChannelPayable => Say("owed to channels", "应付渠道"),
            LedgerAccountKind.Tax => Say("tax", "税金"),
            LedgerAccountKind.Revenue => Say("earned, not divided yet", "待分配收入"),
            LedgerAccountKind.Breakage => Say("never used", "沉淀收入"),
            LedgerAccountKind.PlatformIncome => Say("platform fees", "平台费"),
            LedgerAccountKind.ComputingIncome => Say("computing fees", "算力费"),
            LedgerAccountKind.OperatorIncome => Say("operator's share", "运营商收入"),
            LedgerAccountKind.Rounding => Say("rounding", "尾差"),
            LedgerAccountKind.Discount => Say("discounts", "折扣"),
            LedgerAccountKind.WriteOff => Say("written off", "坏账"),
            LedgerAccountKind.Exchange => Say("between currencies", "汇兑"),
            _ => "",
        };

    public string RunOf(string period) => Say($"Bill run of {period}", $"{period} 出账");

    public string PeriodIsBilled => Say("The month is billed.", "该月已出账。");
    public string PeriodHasEnded => Say("The month has ended and can be billed.", "该月已结束，可以出账。");

    public string PeriodIsOpen(DateTime until) =>
        Say(
            $"The month is open until {until:yyyy-MM-dd HH:mm}: it can be run dry.",
            $"该月至 {until:yyyy-MM-dd HH:mm} 结束，目前只能试算。"
        );

    public string DryRun => Say("Dry run", "试算");
    public string BillRunWord => Say("Bill run", "出账");

    public string RunState(bool isRunning, bool isRefused) =>
        isRunning ? Say("runs", "进行中")
        : isRefused ? Say("stopped", "已中止")
        : Say("is done", "已完成");

    public string BegunBy(string name, DateTime at) =>
        Say($"begun by {name}, {at:yyyy-MM-dd HH:mm}", $"{name} 于 {at:yyyy-MM-dd HH:mm} 发起");

    /// <summary>Why a run stopped, as the board says it.</summary>
    public string RunFailure(string why) => why == RunBoard.Stopped ? Say(RunBoard.Stopped, "运行已中止，重新启动后会从中断处继续。") : why;

    public string RunPhase(BillRunPhase phase, long accounts, long of) =>
        phase == BillRunPhase.Facts
            ? Say("reading payments and calls", "正在读取付款与调用")
            : Say($"{Count(accounts)} of {Count(of)} accounts", $"账户 {Count(accounts)} / {Count(of)}");

    public string MakeDryRun => Say("Make a dry run", "试算");
    public string DryRunText => Say("It bills nobody, and says what a run would come to.", "不出账，仅计算结果。");
    public string DryRunFirst => Say("Make a dry run of this month first: it is the preview.", "请先试算该月，作为预览。");
    public string BillNow => Say("Bill the month", "出账");
    public string BillWarning =>
        Say("The month is closed for ever: what turns up later belongs to the next.", "出账后该月永久关闭，之后的变动计入下月。");
    public string RunHasBegun => Say("The run has begun.", "已开始出账。");
    public string GoesOn => Say("goes on where it was", "从中断处继续");
    public string ExceptionsTitle => Say("To be looked at", "待处理");

    public string BillsOf(string period) => Say($"Bills of {period}", $"{period} 账单");

    public string OperatorNoBills => Say("No bill.", "无账单。");
    public string BillWord => Say("Bill", "账单");
    public string DueWord => Say("Due", "应付");
    public string OpenWord => Say("Open", "未付");
    public string OperatorPaidBefore => Say("Paid before", "已预付");
    public string OperatorTaxWord => Say("Tax", "税额");
    public string EarnedWord => Say("Earned", "确认收入");
    public string AccountsWord => Say("Accounts", "账户数");
    public string MoreWord => Say("More", "更多");
    public string IsDisputed => Say("disputed", "有异议");
    public string BillBelowZero => Say("more was given back than is due", "退款大于应付");

    public string OverdueSince(DateTime at) => Say($"overdue since {at:yyyy-MM-dd}", $"{at:yyyy-MM-dd} 起逾期");

    public string DueOn(DateTime at) => Say($"by {at:yyyy-MM-dd}", $"{at:yyyy-MM-dd} 前");

    public string CreditedWord => Say("Credited", "已贷记");
    public string WrittenOffWord => Say("written off", "已核销");
    public string LinesWord => Say("Lines", "明细");
    public string DisputeWord => Say("Dispute", "异议");

    public string OperatorBillStateWord(BillState state) =>
        state switch
        {
            BillState.New => Say("new", "新建"),
            BillState.OnHold => Say("on hold", "挂起"),
            BillState.Validated => Say("validated", "已核对"),
            BillState.Sent => Say("sent", "已发送"),
            BillState.PartiallyPaid => Say("partially paid", "部分支付"),
            _ => Say("settled", "已结清"),
        };

    public string OperatorBillLineWord(BillLineKind kind) =>
        kind switch
        {
            BillLineKind.Purchase => Say("purchase", "订购"),
            BillLineKind.Refund => Say("given back", "退款"),
            BillLineKind.Included => Say("included", "套餐内"),
            BillLineKind.Usage => Say("usage", "用量"),
            BillLineKind.Credit => Say("credit", "退还"),
            BillLineKind.VolumeDiscount => Say("volume discount", "阶梯折扣"),
            BillLineKind.Minimum => Say("agreed minimum", "保底"),
            BillLineKind.Beyond => Say("beyond the commitment", "超出承诺"),
            BillLineKind.TrueUp => Say("commitment true-up", "承诺量补差"),
            BillLineKind.VolumeTrueUp => Say("tier true-up", "阶梯补差"),
            _ => kind.ToString(),
        };

    public string OperatorDisputeStateWord(DisputeState state) =>
        state switch
        {
            DisputeState.Open => Say("open", "待处理"),
            DisputeState.Upheld => Say("upheld", "成立"),
            _ => Say("rejected", "不成立"),
        };

    public string SendBill => Say("Send the bill", "发送账单");
    public string AnswerDispute => Say("Answer the dispute", "答复异议");
    public string CreditOfAnswer => Say("Credit", "贷记金额");
    public string CreditOfAnswerHint => Say("Empty: the bill stands.", "留空表示账单不变。");
    public string BillStands => Say("the bill stands", "账单不变");
    public string CreditNoteWord => Say("Credit note", "贷记单");
    public string MakeCreditNote => Say("Take something off", "开具贷记单");
    public string WriteOff => Say("Write off what is open", "核销未付");

    public string SettlementOf(string period) => Say($"Settlement of {period}", $"{period} 结算");

    public string PeriodIsSettled => Say("The month is settled.", "该月已结算。");
    public string WouldBeSettled => Say("This is what a settlement would come to. Nothing is written yet.", "以下为结算预览，尚未执行。");
    public string AddsUp => Say("Every line adds up.", "各行均平衡。");
    public string DoesNotAddUp => Say("It does not add up.", "存在不平衡的行。");
    public string SettleNow => Say("Settle the month", "结算");
    public string SettleWarning => Say("Statements are issued to vendors and channels.", "将向厂商与渠道出具结算单。");
    public string StatementsTitle => Say("Statements", "结算单");
    public string StatementWord => Say("Statement", "结算单");
    public string PayeeWord => Say("Payee", "收款方");
    public string GrossWord => Say("Gross", "总额");
    public string ToVendors => Say("Vendors", "厂商");
    public string PlatformFee => Say("Platform fee", "平台费");
    public string ComputingFee => Say("Computing fee", "算力费");
    public string ToChannels => Say("Channels", "渠道");
    public string ToOperator => Say("Operator", "运营商");
    public string OperatorItself => Say("The operator itself", "运营商自有");
    public string PreviewWord => Say("preview", "预览");

    public string PayeeKindWord(PayeeKind kind) =>
        kind switch
        {
            PayeeKind.Vendor => Say("vendor", "厂商"),
            PayeeKind.Channel => Say("channel", "渠道"),
            _ => Say("operator", "运营商"),
        };

    public string StatementStateWord(StatementState state) =>
        state switch
        {
            StatementState.Issued => Say("issued", "已出具"),
            StatementState.Disputed => Say("disputed", "有异议"),
            StatementState.Confirmed => Say("confirmed", "已确认"),
            _ => Say("paid", "已付款"),
        };

    public string CarriedWord => Say("Carried from before", "上期结转");
    public string AdjustmentsWord => Say("Adjustments", "调整");
    public string BalanceWord => Say("Balance", "余额");
    public string BalanceAfter => Say("Balance after it", "调整后余额");
    public string ConfirmForPayee => Say("In the payee's name, where they have said so.", "代收款方确认（经其同意）。");
    public string ConfirmStatement => Say("Confirm the statement", "确认结算单");
    public string AdjustmentAmount => Say("Adjustment", "调整金额");
    public string AdjustmentHint =>
        Say(
            "More than nothing is the payee's; with a minus sign it is taken off; empty: it stands.",
            "正数归收款方，负数扣减，留空表示不变。"
        );
    public string PayOutWord => Say("Pay out", "付款");

    public string ReconciliationLead =>
        Say("A file is held against the books, to the last digit. Nothing is changed.", "将文件与账簿逐位核对，不做任何更改。");
    public string CarriersFile => Say("The carrier's file", "运营商话费文件");
    public string VendorsFile => Say("A vendor's file", "厂商文件");
    public string VendorWord => Say("Vendor", "厂商");
    public string CsvFile => Say("CSV file", "CSV 文件");
    public string CompareWord => Say("Compare", "核对");
    public string ToleranceWord => Say("Tolerance in percent", "容差（%）");
    public string FileExpected => Say("Choose a file that is not empty.", "请选择非空文件。");
    public string DayExpected => Say("Say which day or month.", "请选择日期或月份。");

    public string Compared(int lines, int matched, int differences) =>
        Say(
            $"{Count(lines)} lines, {Count(matched)} match, {Count(differences)} differences",
            $"{Count(lines)} 行，匹配 {Count(matched)}，差异 {Count(differences)}"
        );

    public string NoDifference => Say("There is no difference.", "无差异。");
    public string DifferenceWord => Say("Difference", "差异");
    public string LineOfFile => Say("Line", "行");
    public string ReferenceWord => Say("Reference", "参考号");
    public string OursWord => Say("Ours", "我方");
    public string TheirsWord => Say("Theirs", "对方");

    public string CarrierDifferenceWord(CarrierDifference difference) =>
        difference switch
        {
            CarrierDifference.MissingAtCarrier => Say("not in the file", "文件中无"),
            CarrierDifference.MissingHere => Say("not in the books", "账簿中无"),
            CarrierDifference.AmountDiffers => Say("another amount", "金额不符"),
            CarrierDifference.Duplicate => Say("twice in the file", "文件中重复"),
            _ => Say("another reference", "参考号不符"),
        };

    public string VendorDifferenceWord(VendorDifference difference) =>
        difference switch
        {
            VendorDifference.MissingAtVendor => Say("not in the file", "文件中无"),
            VendorDifference.MissingHere => Say("not in the books", "账簿中无"),
            VendorDifference.QuantityDiffers => Say("another quantity", "数量不符"),
            _ => Say("another amount", "金额不符"),
        };
}
