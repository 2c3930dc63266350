using Tokenline.Commerce;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Receivables;
using Tokenline.Commerce.Referrals;
using Tokenline.Commerce.Vouchers;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Portal.Texts;

/// <summary>Wallet, invoices, referrals, and how an order is paid.</summary>
internal sealed partial class PortalTexts
{
    public string MoneyTabs => Say("Money", "费用");

    public string WalletTitle => Say("Wallet", "钱包");
    public string WalletLead =>
        Say(
            "Money put aside for plans and packs. It pays what you choose to pay with it, and refunds of that come back here.",
            "预存金额，可用于支付套餐与加量包；由钱包支付的订单退款时退回钱包。"
        );
    public string BalanceTitle => Say("Balance", "余额");
    public string TopUpTitle => Say("Put money in", "充值");
    public string TopUpNow => Say("Put it in", "立即充值");
    public string MovementsTitle => Say("Statement", "收支明细");
    public string NoMovements => Say("Nothing has moved yet.", "暂无收支。");
    public string NotMade => Say("not made", "未成功");

    public string TopUpAmount(string currency) => Say($"Amount, {currency}", $"金额（{currency}）");

    public string WalletNote(Money most) =>
        Say(
            $"It holds at most {Money(most)}. What is left is paid out by the operator when you ask for it.",
            $"余额上限 {Money(most)}。如需退出余额，请联系运营商。"
        );

    public string TopUpText(TopUp topUp) =>
        topUp.State switch
        {
            TopUpState.Completed => Say($"{Money(topUp.Amount)} is in your wallet.", $"{Money(topUp.Amount)} 已到账。"),
            TopUpState.Failed => Say(
                $"The carrier refused{(topUp.Reason is null ? "" : $": {topUp.Reason}")}. Nothing was charged.",
                $"运营商未受理{(topUp.Reason is null ? "" : $"（{topUp.Reason}）")}，未产生费用。"
            ),
            _ => OrderRuns,
        };

    public string MovementWord(MovementType type) =>
        type switch
        {
            MovementType.TopUp => Say("put in", "充值"),
            MovementType.Payment => Say("paid", "支付"),
            MovementType.Refund => Say("came back", "退款"),
            MovementType.PayOut => Say("paid out", "退出余额"),
            _ => Say("refused", "未成功"),
        };

    public string Signed(Money money) => money.Nano < 0 ? $"−{Money(new Money(-money.Nano, money.Currency))}" : $"+{Money(money)}";

    public string InvoicesTitle => Say("Invoices", "发票与账期");
    public string InvoicesLead =>
        Say("What is paid later within agreed terms, and whom tax invoices name.", "按约定账期付款的款项，以及开票信息。");
    public string InvoiceTermsTitle => Say("Terms that were agreed on", "已约定的账期");
    public string TermsEnded => Say("ended", "已终止");
    public string OpenByInvoice => Say("Open", "待付合计");
    public string CreditLimit => Say("Credit limit", "信用额度");
    public string NetDays => Say("To be paid within", "付款期限");
    public string YourCredit => Say("Credit of yours", "可抵扣余额");
    public string PurchaseOrder => Say("Purchase order number", "采购单号");
    public string PurchaseOrderHint => Say("Proposed with each order by invoice", "按账期订购时默认填写");
    public string OwedTitle => Say("What is due", "应付款项");
    public string OpenOnes => Say("Open", "未结清");
    public string NothingOwed => Say("Nothing is due.", "没有应付款项。");
    public string RecipientTitle => Say("Invoice data", "开票信息");
    public string RecipientText => Say("As it is to stand on tax invoices from now on.", "自保存起，新开发票将使用以下信息。");
    public string RecipientSaved => Say("Saved. Invoices name it from now on.", "已保存，此后开具的发票将使用新的信息。");
    public string CompanyName => Say("Company, or your name", "发票抬头");
    public string CompanyExpected => Say("The name on the invoice, please.", "请填写发票抬头。");
    public string TaxNumber => Say("Tax number", "纳税人识别号");
    public string TaxNumberHint => Say("Companies in China: 18 characters", "企业为 18 位统一社会信用代码");
    public string TaxNumberExpected => Say("5 to 24 letters, digits and hyphens.", "请输入 5 至 24 位字母、数字或连字符。");
    public string InvoiceMail => Say("Mail address for invoices", "收票邮箱");
    public string AddressWord => Say("Address", "地址");
    public string Telephone => Say("Telephone", "电话");
    public string BankWord => Say("Bank", "开户行");
    public string BankAccount => Say("Account number", "银行账号");

    public string DaysWord(int days) => Say(days == 1 ? "1 day" : $"{days} days", $"{days} 天");

    public string ReceivableWord(ReceivableState state) =>
        state switch
        {
            ReceivableState.Settled => Say("settled", "已结清"),
            ReceivableState.Overdue => Say("overdue", "已逾期"),
            _ => Say("open", "待付"),
        };

    public string ReferralsTitle => Say("Refer friends", "邀请好友");
    public string ReferralsLead =>
        Say("Bring somebody who has never bought here: both of you get something.", "邀请新用户首次订购，双方均可获得奖励。");
    public string YourCode => Say("Your code", "我的邀请码");
    public string NoReferrals => Say("Nobody is rewarded for referrals at the moment.", "目前没有邀请奖励活动。");
    public string ReferralLink => Say("Your link", "邀请链接");
    public string BroughtTitle => Say("Whom you brought", "邀请记录");
    public string RewardWord => Say("For each of you", "双方奖励");

    public string ReferralText(ReferralTerms terms) =>
        Say(
            $"When they pay at least {Money(terms.LeastPrice)} with their first order, each of you gets {BonusText(terms.Bonus)}.",
            $"好友首单实付满 {Money(terms.LeastPrice)}，双方各得{BonusText(terms.Bonus)}。"
        );

    public string ReferralNote(ReferralTerms terms) =>
        Say(
            $"It comes when the order cannot be taken back any more. At most {terms.PerMonth} a month and {terms.InAll} in all count, and you have bought something yourself.",
            $"奖励在订单过了退订期后发放；每月最多 {terms.PerMonth} 人、累计最多 {terms.InAll} 人有效，且您本人须有过付费订购。"
        );

    public string BonusText(BonusGrant bonus) =>
        Say(
            $"{Figures.Quota(bonus.Amount, language)} {Unit(bonus.Unit)} for {DaysWord(bonus.Days)}",
            $" {Figures.Quota(bonus.Amount, language)} {Unit(bonus.Unit)}（{bonus.Days} 天有效）"
        );

    public string ReferralWord(ReferralState state) =>
        state switch
        {
            ReferralState.Rewarded => Say("rewarded", "已奖励"),
            ReferralState.Void => Say("does not count", "无效"),
            _ => Say("waiting", "待生效"),
        };

    public string RewardedOn(DateTime at) => Say($"comes on {Day(DateOnly.FromDateTime(at))}", $"{Day(DateOnly.FromDateTime(at))}发放");

    public string PayWith => Say("Pay with", "支付方式");

    public string MethodName(PaymentMethod method, Money? balance) =>
        method switch
        {
            PaymentMethod.Wallet => balance is { } held
                ? Say($"Wallet, {Money(held)} in it", $"钱包（余额 {Money(held)}）")
                : Say("Wallet", "钱包"),
            PaymentMethod.Invoice => Say("Invoice, paid later", "账期付款"),
            _ => Say("Phone bill", "话费账单"),
        };

    public string PaidBy(PaymentMethod method, string phoneNumber) =>
        method switch
        {
            PaymentMethod.Wallet => Say("Paid out of your wallet.", "由钱包余额支付。"),
            PaymentMethod.Invoice => Say("Paid later, within your terms.", "按约定账期付款。"),
            _ => PaidOnBill(phoneNumber),
        };

    public string OrderDoneBy(PaymentMethod method, string phoneNumber) =>
        method switch
        {
            PaymentMethod.Wallet => Say("It was paid out of your wallet, and can be used from now on.", "已由钱包支付，即刻可用。"),
            PaymentMethod.Invoice => Say(
                "It is on your account to be paid within your terms, and can be used from now on.",
                "已计入账期应付款，即刻可用。"
            ),
            _ => OrderDone(phoneNumber),
        };

    public string OrderFailedBy(PaymentMethod method, string? reason) =>
        method == PaymentMethod.PhoneBill
            ? OrderFailed(reason)
            : Say(
                $"It could not be paid{(reason is null ? "" : $": {reason}")}. Nothing was charged.",
                $"支付未成功{(reason is null ? "" : $"（{reason}）")}，未产生费用。"
            );

    public string TotalIsAnother(Money price) =>
        Say(
            $"With these options it costs {Money(price)}. Pay once more if that is right.",
            $"所选内容的总价为 {Money(price)}，确认无误请再次点击支付。"
        );

    public string VoucherCode => Say("Voucher", "优惠码");
    public string ReferralCode => Say("Referral code", "邀请码");
    public string SeatsWord => Say("Seats", "席位数");
    public string ShowTotal => Say("Show the total", "更新总价");
    public string OptionsTitle => Say("Options", "选项");

    public string SeatsBetween(int min, int max) => Say($"{min} to {max}", $"{min} 至 {max}");

    public string SeatPrice(int min, int max) => Say($"for each seat, {min} to {max} seats", $"每席位，{min} 至 {max} 席");

    public string VoucherOff(string code, Money off) => Say($"Voucher {code}: {Money(off)} less", $"优惠码 {code}：减 {Money(off)}");

    public string VoucherAdds(string code, BonusGrant bonus) =>
        Say($"Voucher {code}: {BonusText(bonus)} beside it", $"优惠码 {code}：加赠{BonusText(bonus)}");

    public string WithIt(string name) => Say($"With it: {name}", $"含：{name}");

    public string WhichLine(string name) => Say($"Which {name}? Its number or address", $"{name}的编号或地址");

    public string CommittedTo(Money amount, int periods) =>
        Say($"You commit to {Money(amount)} over {periods} months", $"承诺 {periods} 个月累计 {Money(amount)}");

    public string ForWhom(CustomerKind kind) =>
        kind switch
        {
            CustomerKind.Shared => Say("For households and teams", "适合家庭与团队"),
            CustomerKind.Team => Say("For teams and companies", "适合团队与企业"),
            _ => "",
        };

    public string FoundFirst => Say("Found one under People", "先在“成员”中创建");
    public string PaidNextBy => Say("Renewals are paid with", "续订支付方式");
    public string SeatsChange => Say("Change the seats", "调整席位");
    public string SeatsChangeText =>
        Say(
            "More come at once and are paid for the rest of the period; fewer hold from the next period on.",
            "增加席位立即生效并按剩余时间计费，减少席位自下期生效。"
        );

    public string ToEachSeat => Say("for each seat, its own", "（每席位独享）");

    public string EndTogether => Say("End together with another plan", "与其他套餐同日到期");
    public string EndTogetherText =>
        Say(
            "The next period is cut to end with the other's, for that part of the price and of the quota; from then on both renew together. What is paid for already stays as it is.",
            "下一期将截至另一套餐的到期日，并按比例计费与发放额度，此后两者同日续订；已付费的当期不变。"
        );

    public string EndWithQuote(Money amount, DateTime from, DateTime to, Money full) =>
        Say(
            $"{Money(amount)} for {FromTo(from, to)}, then {Money(full)} a period",
            $"{FromTo(from, to)} 支付 {Money(amount)}，之后每期 {Money(full)}"
        );

    public string Agreed => Say("Yes, do that", "同意并确认");

    public string SeatsNow(int seats, int taken) => Say($"{seats} seats, {taken} of them taken", $"共 {seats} 席，已分配 {taken} 席");

    public string SeatsQuote(int seats, Money now, Money next) =>
        Say($"{seats} seats: {Money(now)} now, then {Money(next)} a period", $"{seats} 席：现在支付 {Money(now)}，之后每期 {Money(next)}");
}

/// <summary>Whom an offering is for.</summary>
internal enum CustomerKind
{
    Anybody,

    /// <summary>Households and organizations.</summary>
    Shared,

    /// <summary>Organizations.</summary>
    Team,
}
