using System.Globalization;
using Tokenline.Charging.Records;
using Tokenline.Commerce;

namespace Tokenline.Portal.Texts;

/// <summary>Figures, times and refusals in words.</summary>
internal sealed partial class PortalTexts
{
    private static CultureInfo Plain => CultureInfo.InvariantCulture;

    /// <summary>An amount with its sign: what is less than a hundredth is shown to four significant digits, all else to the hundredth or as exact as it is.</summary>
    public string Money(Money money)
    {
        var amount = money.ToDecimal();
        var text =
            amount == 0 ? "0.00"
            : Math.Abs(amount) >= 1 ? decimal.Round(amount, 2, MidpointRounding.AwayFromZero).ToString("#,0.00", Plain)
            : Significant(amount);
        var sign = money.Currency.Code switch
        {
            "CNY" => "¥",
            "USD" => "$",
            "EUR" => "€",
            "GBP" => "£",
            var code => code + " ",
        };
        return text[0] == '-' ? "−" + sign + text[1..] : sign + text;
    }

    /// <summary>Every digit that there is, for receipts.</summary>
    public string MoneyExactly(Money money) =>
        Math.Abs(money.ToDecimal()) is > 0 and < 0.01m
            ? Money(new Money(0, money.Currency))[..^4] + Number(money.ToDecimal())
            : Money(money);

    private static string Significant(decimal amount)
    {
        var decimals = 4;
        for (var rest = Math.Abs(amount); rest < 0.1m && decimals < 9; rest *= 10)
            decimals++;
        return decimal.Round(amount, decimals, MidpointRounding.AwayFromZero).ToString("0.00#######", Plain);
    }

    public string Number(decimal number) => number.ToString("#,0.#########", Plain);

    public string Count(long count) => count.ToString("#,0", Plain);

    public string CallCount(long calls) => Say(calls == 1 ? "1 call" : $"{Count(calls)} calls", $"{Count(calls)} 次调用");

    public string CallsAndTokens(long calls, long tokens) =>
        Say($"{CallCount(calls)}, {ShortCount(tokens)} tokens", $"{CallCount(calls)}，{ShortCount(tokens)} Token");

    private string ShortCount(long count) => Figures.Short((Int128)count * QuotaUnit.Micro, language);

    public string TokensOf(Usage usage) => InAndOut(usage.WholeInput, usage.WholeOutput);

    public string InAndOut(long input, long output) =>
        Say($"{Count(input)} in, {Count(output)} out", $"输入 {Count(input)}，输出 {Count(output)}");

    /// <summary>What a call cost whoever paid: 5,230 general tokens; ¥0.0231; free.</summary>
    public string PaidBy(UsageRecord record) =>
        record.Payments.Length == 0
            ? record.UncollectedNano > 0
                ? Say("not paid", "未收取")
                : Say("free", "免费")
            : string.Join(
                " + ",
                record
                    .Payments.GroupBy(payment => (payment.Unit, payment.IsMoney))
                    .Select(paid => Amount(paid.Key.Unit, paid.Key.IsMoney, paid.Sum(payment => payment.Amount)))
            );

    public string Payment(Payment payment) => Amount(payment.Unit, payment.IsMoney, payment.Amount);

    private string Amount(string unit, bool isMoney, long amount) =>
        isMoney
            ? Money(new Money(amount, new Currency(unit)))
            : $"{((decimal)amount / QuotaUnit.Micro).ToString(amount < 10 * QuotaUnit.Micro ? "0.##" : "#,0", Plain)} {Unit(new QuotaUnit(unit))}";

    public string Seconds(TimeSpan time) =>
        Say($"{time.TotalSeconds.ToString("0.0", Plain)} s", $"{time.TotalSeconds.ToString("0.0", Plain)} 秒");

    public string Energy(decimal joules, bool isMeasured)
    {
        var figure =
            joules >= 3600 ? $"{(joules / 3600).ToString("0.##", Plain)} Wh" : $"{joules.ToString(joules >= 10 ? "0" : "0.0", Plain)} J";
        return isMeasured ? Say($"{figure} measured", $"实测 {figure}") : Say($"about {figure}", $"约 {figure}");
    }

    public string EnergyUnknown => Say("energy unknown", "能耗未知");

    private static readonly string[] months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    public string Day(DateOnly day) => Say($"{day.Day} {months[day.Month - 1]} {day.Year}", $"{day.Year}年{day.Month}月{day.Day}日");

    public string ShortDay(DateOnly day) => Say($"{day.Day} {months[day.Month - 1]}", $"{day.Month}/{day.Day}");

    /// <summary>The day, without the year where it is this one's.</summary>
    public string Day(DateTime at, DateTime now) =>
        at.Year == now.Year ? Say($"{at.Day} {months[at.Month - 1]}", $"{at.Month}月{at.Day}日") : Day(DateOnly.FromDateTime(at));

    /// <summary>Time and day; today only the time.</summary>
    public string Moment(DateTime at, DateTime now, bool seconds = false)
    {
        var time = at.ToString(seconds ? "HH:mm:ss" : "HH:mm", Plain);
        return at.Date == now.Date ? Say($"today {time}", $"今天 {time}")
            : at.Date == now.Date.AddDays(-1) ? Say($"yesterday {time}", $"昨天 {time}")
            : at.Date == now.Date.AddDays(1) ? Say($"tomorrow {time}", $"明天 {time}")
            : Say($"{Day(at, now)}, {time}", $"{Day(at, now)} {time}");
    }

    public string Until(DateTime end, DateTime now)
    {
        var days = (end.Date - now.Date).Days;
        return days switch
        {
            0 => Say($"until today {end.ToString("HH:mm", Plain)}", $"今天 {end.ToString("HH:mm", Plain)} 到期"),
            1 => Say($"until tomorrow {end.ToString("HH:mm", Plain)}", $"明天 {end.ToString("HH:mm", Plain)} 到期"),
            _ => Say($"until {Day(end, now)} ({days} days)", $"{Day(end, now)}到期（剩 {days} 天）"),
        };
    }

    public string FromTo(DateTime from, DateTime to) =>
        Say(
            $"{Day(from, to)} to {Day(to, to)} {to.ToString("HH:mm", Plain)}",
            $"{Day(from, to)}至{Day(to, to)} {to.ToString("HH:mm", Plain)}"
        );

    /// <summary>A refusal, for a person. In English the words of whoever refused; in Chinese those of the code.</summary>
    public string Of(Refused refused) =>
        language == Language.English || refused.Message.Any(c => c >= 0x4e00)
            ? refused.Message
            : refused.Problem.Code switch
            {
                "invalid_request_error" => $"填写有误，请检查后重试（{refused.Message}）",
                "insufficient_quota" => "余额不足。",
                "payment_refused" => "扣款未成功，请确认话费账户状态后重试。",
                "account_suspended" => "账户已暂停，请联系运营商。",
                "not_eligible" => $"您的账户不符合订购条件（{refused.Message}）",
                "not_found" => "未找到所请求的内容，可能已被移除。",
                "conflict" => $"与现有内容冲突（{refused.Message}）",
                "idempotency_conflict" => "该请求此前已用于其他操作。",
                "offering_unavailable" => "该商品目前不在售。",
                "out_of_stock" => "已售罄。",
                "price_changed" => "价格刚刚有变动，请核对新价格后再确认。",
                "payment_in_progress" => "有一笔付款正在处理，请稍后再试。",
                "wrong_state" => "当前状态下无法执行此操作，请刷新页面后重试。",
                "not_an_upgrade" => "该套餐不能作为升级目标，可选择下期变更。",
                "rate_limit_exceeded" => "操作过于频繁，请稍后再试。",
                "overloaded" => "系统繁忙，请稍后再试。",
                _ => refused.Message,
            };
}
