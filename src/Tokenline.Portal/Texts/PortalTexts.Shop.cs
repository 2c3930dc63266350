using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Portal.Texts;

/// <summary>Shop, plans, payments.</summary>
internal sealed partial class PortalTexts
{
    public string ShopTitle => Say("Shop", "订购");
    public string ShopLead =>
        Say(
            "All on your phone bill. You see the total and the terms before you pay, and nothing ever turns into extra charges by itself.",
            "全部随话费支付。付款前可查看总价与条款，绝不会自动产生额外费用。"
        );
    public string AskAdviser => Say("Which plan fits what I use?", "哪款套餐适合我？");
    public string YouHaveIt => Say("yours", "已订购");
    public string Renews => Say("Renewed each month until you stop it", "每月自动续订，可随时停止");

    public string ForMembers(int members) => Say($"To share among up to {members} people", $"最多 {members} 人共享");

    public string Choose => Say("Choose", "选择");
    public string SetUp => Say("Set it up", "去开通");

    public string OrderTitle => Say("Your order", "确认订单");

    public string OrderState(OrderState state) =>
        state switch
        {
            Tokenline.Commerce.Orders.OrderState.Completed => Say("Done. It is yours", "订购成功"),
            Tokenline.Commerce.Orders.OrderState.Failed or Tokenline.Commerce.Orders.OrderState.Rejected => Say(
                "This could not be paid",
                "订购未成功"
            ),
            _ => Say("The payment is on its way", "正在付款"),
        };

    public string OrderDone(string phoneNumber) =>
        Say($"It is on the phone bill of {phoneNumber}, and can be used from now on.", $"费用已计入 {phoneNumber} 的话费，即刻可用。");

    public string OrderFailed(string? reason) =>
        Say(
            $"The carrier refused{(reason is null ? "" : $": {reason}")}. Nothing was charged.",
            $"运营商未受理{(reason is null ? "" : $"（{reason}）")}，未产生费用。"
        );

    public string OrderRuns =>
        Say(
            "The carrier has not answered yet. We go on asking; you need not do anything, and it is charged once.",
            "运营商尚未答复，系统会继续查询，您无需操作，也不会重复扣费。"
        );
    public string LookAgain => Say("Look again", "刷新状态");
    public string TotalNow => Say("Total now", "应付总额");

    public string TaxWithin(Money tax, decimal percent) =>
        Say($"with {Money(tax)} of tax ({percent:0.##}%)", $"含税 {Money(tax)}（{percent:0.##}%）");

    public string PaidOnBill(string phoneNumber) => Say($"Paid on the phone bill of {phoneNumber}.", $"计入 {phoneNumber} 的话费账单。");

    public string TermsTitle => Say("Terms", "条款");

    /// <summary>What one agrees to, a line each.</summary>
    /// <param name="end">Of the first period.</param>
    public IEnumerable<string> Terms(ProductOffering offering, DateTime? end)
    {
        var renewal = offering.Renewal;
        if (offering.Kind == OfferingKind.Plan && renewal.IsAutomatic)
        {
            if (end is { } first)
                yield return Say($"The first period runs until {first:yyyy-MM-dd HH:mm}.", $"首期有效期至 {first:yyyy-MM-dd HH:mm}。");
            yield return Say(
                $"Then {Money(offering.Price)} {Price(offering.Kind, offering.Months)}, renewed until you stop it.",
                $"之后{Price(offering.Kind, offering.Months)} {Money(offering.Price)} 自动续订，可随时停止。"
            );
            if (renewal.NoticeDays > 0)
                yield return Say(
                    $"You are told {renewal.NoticeDays} days before each renewal.",
                    $"每次续订前 {renewal.NoticeDays} 天提醒您。"
                );
        }
        else if (end is { } only)
            yield return Say(
                $"It ends on {only:yyyy-MM-dd HH:mm} and is not renewed.",
                $"有效期至 {only:yyyy-MM-dd HH:mm}，到期不自动续订。"
            );
        else if (offering.Months is { } months)
            yield return ValidFor(offering.Kind, months);
        if (renewal.CoolingOffDays > 0)
            yield return Say(
                $"Within {renewal.CoolingOffDays} days you may give it back: what is unused is refunded.",
                $"订购后 {renewal.CoolingOffDays} 天内可退订，未使用部分退款。"
            );
        yield return Say(
            "When it is used up, calls stop. Nothing beyond is charged unless you allow it.",
            "用完即停；未经您同意不会产生套餐外费用。"
        );
    }

    public string SecondOne =>
        Say(
            "You have this plan already. Another one would run beside it and cost the same again.",
            "您已订购该套餐。再次订购将并行生效并重复计费。"
        );

    public string PayNow(Money price) =>
        price.Nano == 0 ? Say("Get it, free of charge", "免费领取") : Say($"Pay {Money(price)}", $"支付 {Money(price)}");

    public string AdviserTitle => Say("Which plan fits what you use", "套餐顾问");

    public string AdviserLead(int calls) =>
        Say(
            $"Your {Count(calls)} calls of the last 30 days, made again under each plan.",
            $"将您近 30 天的 {Count(calls)} 次调用按各套餐重新计算。"
        );

    public string NothingToAdvise =>
        Say("You have made no calls in the last 30 days, so there is nothing to compare.", "近 30 天没有调用，暂无可比较的数据。");
    public string Plan => Say("Plan", "套餐");
    public string PlusBeyond => Say("Beyond it", "超出部分");
    public string InAll => Say("In all", "合计");
    public string CoveredCalls => Say("Calls it pays", "套餐内调用");
    public string Cheapest => Say("cheapest", "最省");

    public string CoveredOf(int covered, int calls) => Say($"{Count(covered)} of {Count(calls)}", $"{Count(covered)} / {Count(calls)}");

    public string WouldRefuse(int calls) => Say($"{Count(calls)} would be refused by its windows", $"{Count(calls)} 次会因窗口限制被拒");

    public string AdviserNote =>
        Say(
            "By the charging engine itself, with each plan's windows and models, at the prices of each call. What a plan does not pay is counted at list price, as if you had allowed it.",
            "由计费引擎按各套餐的窗口与模型范围、各次调用当时的价格重新计算；套餐未覆盖的部分按目录价计（假设已开通套餐外消费）。"
        );

    public string MyPlans => Say("My plans", "我的套餐");
    public string NoPlans => Say("You have no plan yet.", "您还没有套餐。");
    public string Manage => Say("Manage", "管理");

    public string StateOf(Subscription plan) =>
        (plan.State, plan.Standing) switch
        {
            (SubscriptionState.Active, Standing.Current) => plan.Pauses ? Say("pauses soon", "即将暂停") : Say("active", "使用中"),
            (SubscriptionState.Active, Standing.Grace) => Say("to be paid", "待付款"),
            (SubscriptionState.Active, _) => Say("not paid", "未付款"),
            (SubscriptionState.Suspended, _) => plan.Cause == SuspensionCause.Paused ? Say("paused", "已暂停") : Say("suspended", "已停用"),
            (SubscriptionState.PendingTerminate, _) => Say("ends soon", "即将到期"),
            _ => Say("ended", "已结束"),
        };

    /// <summary>What happens next, in a sentence.</summary>
    public string NextOf(Subscription plan, DateTime end) =>
        plan switch
        {
            { Asking: not null } => Say("A payment is on its way.", "有一笔付款正在处理。"),
            { Due: { HasBegun: true } due } => Say(
                $"{Money(due.Price)} could not be charged{(due.Refusal is null ? "" : $" ({due.Refusal})")}. It is tried again every day.",
                $"{Money(due.Price)} 扣款未成功{(due.Refusal is null ? "" : $"（{due.Refusal}）")}，系统每天会再次尝试。"
            ),
            { State: SubscriptionState.Suspended, Cause: SuspensionCause.Paused } => Say(
                "It rests until you resume it.",
                "已暂停，恢复后重新计费。"
            ),
            { State: SubscriptionState.Suspended } => Say("Nothing can be spent until it is paid.", "付款前无法使用。"),
            { Pauses: true } => Say($"It rests from {end:yyyy-MM-dd HH:mm} on.", $"自 {end:yyyy-MM-dd HH:mm} 起暂停。"),
            { Renews: true } => Say(
                $"Renewed on {end:yyyy-MM-dd HH:mm} for {Money((plan.Change ?? plan.Offering).Price)}.",
                $"{end:yyyy-MM-dd HH:mm} 自动续订，费用 {Money((plan.Change ?? plan.Offering).Price)}。"
            ),
            { State: SubscriptionState.Terminated } => Say("It has ended.", "已结束。"),
            _ => Say($"It ends on {end:yyyy-MM-dd HH:mm}.", $"{end:yyyy-MM-dd HH:mm} 到期。"),
        };

    public string PaidForPeriod(Money paid) => Say($"{Money(paid)} paid for this period", $"本期已付 {Money(paid)}");

    public string PaymentRuns => Say("A payment is on its way; the carrier has not answered yet.", "付款处理中，运营商尚未答复。");
    public string PeriodWord => Say("This period", "本期");
    public string PriceWord => Say("Price", "价格");
    public string ThenPlan => Say("From then on", "下期起");
    public string PayDue => Say("Pay what is due", "立即付款");
    public string Resume => Say("Resume", "恢复");
    public string KeepPlan => Say("Keep it after all", "继续使用");
    public string StopRenewal => Say("Stop the renewal", "关闭自动续订");
    public string Pause => Say("Pause after this period", "本期结束后暂停");
    public string UpgradeNow => Say("Upgrade now", "立即升级");
    public string UpgradeText =>
        Say(
            "You pay the difference for the time that is left, and get the difference of tokens at once.",
            "补足剩余时间的差价，立即获得相应的额度差额。"
        );

    public string ThenEachMonth(Money price, int? months) =>
        Say($"then {Money(price)} {Price(OfferingKind.Plan, months)}", $"之后{Price(OfferingKind.Plan, months)} {Money(price)}");

    public string ChangeAtEnd => Say("Change with the next period", "下期变更");

    public string FromNextPeriod(DateTime end) => Say($"From {end:yyyy-MM-dd HH:mm} on", $"自 {end:yyyy-MM-dd HH:mm} 起");

    public string Change => Say("Change", "变更");
    public string EndNow => Say("End it now", "立即退订");

    public string EndNowText(DateTime? coolingOff) =>
        coolingOff is { } until
            ? Say(
                $"Until {until:yyyy-MM-dd HH:mm} the unused share of the price is given back on your phone bill.",
                $"{until:yyyy-MM-dd HH:mm} 前退订，未使用部分的费用将退回话费账户。"
            )
            : Say(
                "What is left is taken back at once, and nothing is refunded. To use it to its end, stop the renewal instead.",
                "立即退订将收回剩余额度且不退款。如需用到期末，请选择关闭自动续订。"
            );

    public string EndNowSure => Say("Your programs may be refused from then on.", "退订后您的程序可能无法继续调用。");
    public string EndNowYes => Say("Yes, end it now", "确认退订");

    public string PaymentsTitle => Say("Payments", "付款记录");

    public string PaymentsLead(string phoneNumber) =>
        Say($"What was charged to the phone bill of {phoneNumber}, and what came back.", $"计入 {phoneNumber} 话费的款项与退款。");

    public string NoPayments => Say("Nothing was paid yet.", "暂无付款。");
    public string When => Say("When", "时间");
    public string What => Say("What", "项目");
    public string StateWord => Say("State", "状态");

    public string PaymentKindWord(PaymentKind kind) =>
        kind switch
        {
            PaymentKind.Upgrade => Say("upgrade", "升级"),
            PaymentKind.Refund => Say("refund", "退款"),
            _ => Say("purchase or renewal", "订购或续订"),
        };

    public string PaymentStateWord(PaymentState state) =>
        state switch
        {
            PaymentState.Paid => Say("paid", "已付"),
            PaymentState.Refused => Say("refused", "未成功"),
            PaymentState.Owed => Say("on its way back", "退款中"),
            PaymentState.Returned => Say("given back", "已退回"),
            _ => Say("on its way", "处理中"),
        };

    public string MoneyBack => Say("Money back", "退款");
    public string MoneyBackText =>
        Say(
            "A plan that can be given back is given back on its own page: you see what of it is refunded, and it comes on the phone bill it was paid from.",
            "可退订的套餐请在其详情页办理：页面会说明可退金额，退款将返还至原话费账户。"
        );
}
