using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Portal.Home;

namespace Tokenline.Portal.Texts;

/// <summary>The home page.</summary>
internal sealed partial class PortalTexts
{
    public string HomeTitle => Say("Home", "首页");
    public string SuspendedText =>
        Say("Your account is suspended: calls are refused until it is resumed.", "账户已暂停，恢复之前所有调用将被拒绝。");

    public string Unpaid(string plan) => Say($"{plan} could not be paid yet.", $"“{plan}”尚未扣款成功。");

    public string FirstSteps => Say("Three steps to your first answer", "三步开始使用");
    public string StepPlan => Say("Choose a plan", "选择套餐");
    public string StepPlanText => Say("On your phone bill; a free one is there too.", "随话费支付，也有免费体验。");
    public string StepKey => Say("Make a key", "创建密钥");
    public string StepKeyText => Say("One key for every model, in every program.", "一把密钥，用于所有模型与工具。");
    public string StepCall => Say("Ask a model", "发起调用");
    public string StepCallText => Say("Here in the browser, or from your own program.", "可在浏览器中试用，也可从您的程序调用。");

    public string WhatIsLeft => Say("What is left", "剩余额度");

    public string LeftOf(string left, string all) => Say($"{left} of {all} left", $"剩余 {left}，共 {all}");

    public string Of(string all) => Say($"of {all}", $"/ {all}");

    public string Held(string amount) => Say($"{amount} held by running calls", $"{amount} 由进行中的调用占用");

    public string YourLimits => Say("Your limits", "使用上限");
    public string Spending => Say("What it is worth", "用量价值");
    public string TodayWord => Say("Today", "今天");
    public string ThisMonth => Say("This month", "本月");
    public string BeyondPlan => Say("Beyond plans, this month", "本月套餐外费用");

    public string CapOf(Money cap) => Say($"on the phone bill, cap {Money(cap)}", $"计入话费，上限 {Money(cap)}");

    public string NothingBeyond => Say("You have not allowed any: calls stop when plans are used up.", "未开通：套餐用完即停。");
    public string WorthNote =>
        Say("Worth is the list price of the calls, whether a plan or money paid for them.", "价值按目录价计算，无论由套餐还是费用支付。");
    public string WorthByDay => Say("Worth of your calls by day and model", "每日用量价值（按模型）");
    public string NoCallsYet => Say("No calls yet.", "暂无调用。");
    public string TryAModel => Say("Try a model", "试用模型");
    public string ByModelThisMonth => Say("Models this month", "本月各模型用量");
    public string LatestCalls => Say("Latest calls", "最近调用");
    public string AllCalls => Say("All calls", "全部调用");
    public string Alerts => Say("Alerts", "提醒");
    public string NoAlerts => Say("Nothing to tell: all is well.", "暂无提醒，一切正常。");
    public string OtherModels => Say("others", "其他");

    public string NothingLeftToSpend(bool mayGoOn) =>
        mayGoOn ? Say("You pay as you go", "当前按量付费") : Say("Welcome. Nothing is left to spend", "欢迎，当前没有可用额度");

    /// <summary>The plain forecast.</summary>
    public string Forecast(Forecast forecast, Func<DateTimeOffset, DateTime> local, DateTime now)
    {
        var unit = Unit(forecast.Unit);
        var left = Figures.Short(forecast.Left, language);
        return forecast switch
        {
            { PerDay: var pace } when pace == 0 => Say($"{left} {unit} are ready to use", $"{left} {unit}可用"),
            { EndsFirst: { } end, Lost: var lost } when lost > 0 => Say(
                $"{left} {unit} left: more than you use until {Day(local(end), now)}",
                $"剩余 {left} {unit}，按当前用量到{Day(local(end), now)}用不完"
            ),
            { LastsUntil: { } until } when local(until) - now < TimeSpan.FromDays(1) => Say(
                $"At this pace your {unit} last until {Moment(local(until), now)}",
                $"按当前用量，{unit}可用到{Moment(local(until), now)}"
            ),
            { LastsUntil: { } until } => Say(
                $"At this pace your {unit} last until {Day(local(until), now)}",
                $"按当前用量，{unit}可用到{Day(local(until), now)}"
            ),
            _ => Say($"{left} {unit} left: at this pace for more than a year", $"剩余 {left} {unit}，按当前用量可用一年以上"),
        };
    }

    public string Pace => Say("Your pace", "您的用量节奏");

    public string PaceText(QuotaUnit unit) => Say($"{Unit(unit)} a day, over the last days", $"{Unit(unit)} / 天（近几日平均）");

    public string PaceMeans(Forecast forecast, Func<DateTimeOffset, DateTime> local, DateTime now) =>
        forecast switch
        {
            { Lost: var lost } when lost > 0 => Say(
                $"At this pace {Figures.Short(lost, language)} of them end unused.",
                $"按此节奏，将有 {Figures.Short(lost, language)} 到期未用。"
            ),
            { LastsUntil: { } until } => Say($"At this pace until {Day(local(until), now)}.", $"按此节奏可用到{Day(local(until), now)}。"),
            _ => Say("At this pace for more than a year.", "按此节奏可用一年以上。"),
        };

    /// <summary>An event in the words of its messages, without the sender's name in front.</summary>
    public string Told(StoredEvent told, Customer customer, string timeZone)
    {
        var settings = new NotificationSettings(
            false,
            null,
            language == Language.Chinese ? NoticeLanguage.Chinese : NoticeLanguage.English
        );
        var text = NoticeTexts.TextOf(new Notice(told, customer, settings), timeZone);
        foreach (var sender in new[] { "Tokenline: ", "【Tokenline】" })
        {
            if (text.StartsWith(sender, StringComparison.Ordinal))
                text = text[sender.Length..];
        }
        return text.Length > 0 ? char.ToUpperInvariant(text[0]) + text[1..] : text;
    }

    public string WindowName(Limit limit) =>
        limit.Window switch
        {
            LimitWindow.Day => Say("Today", "今日"),
            LimitWindow.Week => Say("This week", "本周"),
            LimitWindow.Month => Say("This month", "本月"),
            LimitWindow.PlanMonth => Say("This plan month", "本套餐月"),
            LimitWindow.Run => Say("In one run", "单次运行"),
            LimitWindow.Running => Say("At once", "并发"),
            LimitWindow.Total => Say("In all", "总计"),
            _ when limit.Seconds % 3600 == 0 => Say($"Within {limit.Seconds / 3600} hours", $"{limit.Seconds / 3600} 小时内"),
            _ when limit.Seconds % 60 == 0 => Say(
                limit.Seconds == 60 ? "Within a minute" : $"Within {limit.Seconds / 60} minutes",
                $"{limit.Seconds / 60} 分钟内"
            ),
            _ => Say($"Within {limit.Seconds} seconds", $"{limit.Seconds} 秒内"),
        };

    public string UsedOf(LimitView limit)
    {
        var (used, max) = (limit.Used + limit.Held, limit.Limit.Max + limit.Raised);
        return limit.Limit switch
        {
            { Currency: { } currency } => Say(
                $"{Money(new Money(used, currency))} of {Money(new Money(max, currency))}",
                $"{Money(new Money(used, currency))} / {Money(new Money(max, currency))}"
            ),
            { Unit: { } unit } => Say(
                $"{Figures.Short(used, language)} of {Figures.Short(max, language)} {Unit(unit)}",
                $"{Figures.Short(used, language)} / {Figures.Short(max, language)} {Unit(unit)}"
            ),
            { Measure: Measure.Tokens } => Say(
                $"{ShortCount(used)} of {ShortCount(max)} tokens",
                $"{ShortCount(used)} / {ShortCount(max)} Token"
            ),
            _ => Say($"{Count(used)} of {Count(max)} requests", $"{Count(used)} / {Count(max)} 次请求"),
        };
    }

    public string ResetsAt(DateTime at, DateTime now) => Say($"free again {Moment(at, now)}", $"{Moment(at, now)} 恢复");
}
