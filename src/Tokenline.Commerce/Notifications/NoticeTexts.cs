using System.Globalization;
using NodaTime;
using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Notifications;

/// <summary>The words for people, in the language they chose; times as the operator's clocks show them.</summary>
public static class NoticeTexts
{
    private static readonly CultureInfo plain = CultureInfo.InvariantCulture;

    /// <summary>One line, for a mail.</summary>
    public static string SubjectOf(Notice notice) =>
        notice.Settings.Language == NoticeLanguage.English ? EnglishSubject(notice.Event.Event) : ChineseSubject(notice.Event.Event);

    /// <summary>A sentence or two, for an SMS or a mail.</summary>
    /// <param name="timeZone">A tz database name.</param>
    public static string TextOf(Notice notice, string timeZone)
    {
        var about = notice.Event.Event;
        var from = about.From is { } start ? Local(start, timeZone) : null;
        var until = about.Until is { } end ? Local(end, timeZone) : null;
        return notice.Settings.Language == NoticeLanguage.English ? English(about, from, until) : Chinese(about, from, until);
    }

    private static string English(AccountEvent about, string? from, string? until) =>
        about.Type switch
        {
            AccountEventType.ThresholdReached =>
                $"Tokenline: {about.Percent}% of {about.Name} is used, {Amount(about, about.Amount)} of {Quantity(about, about.Limit)}."
                    + (until is null ? "" : $" It runs until {until}."),
            AccountEventType.BucketExpiring => $"Tokenline: {about.Name} ends {until}. {Quantity(about, about.Amount)} of it are left.",
            AccountEventType.AbnormalSpend =>
                $"Tokenline: today's use is worth {Quantity(about, about.Amount)}; a usual day is {Quantity(about, about.Limit)}. If this is not you, revoke your keys.",
            AccountEventType.AccountSuspended =>
                $"Tokenline: your account is suspended ({about.Reason}). Calls are refused until it is resumed.",
            AccountEventType.AccountResumed => "Tokenline: your account is resumed.",
            AccountEventType.PriceChanged => $"Tokenline: {about.Name} changes its price from {from} on: {about.Reason}."
                + (until is null ? "" : $" The former price returns {until}."),
            AccountEventType.PriceKept => $"Tokenline: {about.Name} keeps its price; the change announced for {from} does not come.",
            AccountEventType.SubscriptionRenewing =>
                $"Tokenline: {about.Name} is renewed on {from} for {Quantity(about, about.Amount)}. Stop the renewal before that if you do not want it.",
            AccountEventType.PaymentRefused =>
                $"Tokenline: {Quantity(about, about.Amount)} for {about.Name} could not be charged ({about.Reason}). It is tried again on {from}; you can use it until {until}.",
            AccountEventType.SubscriptionSuspended => $"Tokenline: {about.Name} is suspended ({about.Reason}).",
            AccountEventType.SubscriptionEnded => $"Tokenline: {about.Name} has ended ({about.Reason}).",
            AccountEventType.BillOverdue => $"Tokenline: your bill of {about.Name} is overdue, {Quantity(about, about.Amount)} are open. "
                + about.Reason switch
                {
                    BillNotices.Restricted =>
                        $"Calls on credit are refused until it is paid; what you have paid before can be used. From {until} on all calls are refused.",
                    BillNotices.Terminated => "All calls are refused until it is paid, and your plans are not renewed.",
                    _ => $"Pay it before {until}: from then on calls on credit are refused.",
                },
            _ => throw new InvalidOperationException($"there are no words for {about.Type}"),
        };

    private static string Chinese(AccountEvent about, string? from, string? until) =>
        about.Type switch
        {
            AccountEventType.ThresholdReached =>
                $"【Tokenline】您的“{about.Name}”已使用{about.Percent}%（{Amount(about, about.Amount)}/{Quantity(about, about.Limit)}）。"
                    + (until is null ? "" : $"有效期至{until}。"),
            AccountEventType.BucketExpiring =>
                $"【Tokenline】您的“{about.Name}”将于{until}到期，剩余{Quantity(about, about.Amount)}，请及时使用。",
            AccountEventType.AbnormalSpend =>
                $"【Tokenline】您今日的用量价值{Quantity(about, about.Amount)}，平日约{Quantity(about, about.Limit)}。如非本人操作，请立即吊销密钥。",
            AccountEventType.AccountSuspended => $"【Tokenline】您的账户已暂停（{about.Reason}），恢复之前调用将被拒绝。",
            AccountEventType.AccountResumed => "【Tokenline】您的账户已恢复。",
            AccountEventType.PriceChanged => $"【Tokenline】“{about.Name}”自{from}起调整价格：{about.Reason}。"
                + (until is null ? "" : $"{until}起恢复原价。"),
            AccountEventType.PriceKept => $"【Tokenline】“{about.Name}”价格不变，原定{from}的调价已取消。",
            AccountEventType.SubscriptionRenewing =>
                $"【Tokenline】您的“{about.Name}”将于{from}自动续订，费用{Quantity(about, about.Amount)}。如不需要，请在此之前关闭续订。",
            AccountEventType.PaymentRefused =>
                $"【Tokenline】“{about.Name}”的费用{Quantity(about, about.Amount)}扣款失败（{about.Reason}）。将于{from}再次尝试，在{until}之前仍可使用。",
            AccountEventType.SubscriptionSuspended => $"【Tokenline】您的“{about.Name}”已暂停（{about.Reason}）。",
            AccountEventType.SubscriptionEnded => $"【Tokenline】您的“{about.Name}”已结束（{about.Reason}）。",
            AccountEventType.BillOverdue => $"【Tokenline】您{about.Name}的账单已逾期，待付{Quantity(about, about.Amount)}。"
                + about.Reason switch
                {
                    BillNotices.Restricted => $"付清之前后付费调用将被拒绝，已付额度仍可使用；{until}起所有调用将被拒绝。",
                    BillNotices.Terminated => "付清之前所有调用将被拒绝，套餐不再续订。",
                    _ => $"请在{until}之前付清，否则后付费调用将被拒绝。",
                },
            _ => throw new InvalidOperationException($"there are no words for {about.Type}"),
        };

    private static string EnglishSubject(AccountEvent about) =>
        about.Type switch
        {
            AccountEventType.ThresholdReached => $"{about.Percent}% of {about.Name} is used",
            AccountEventType.BucketExpiring => $"{about.Name} is about to end",
            AccountEventType.AbnormalSpend => "Unusual use today",
            AccountEventType.AccountSuspended => "Your account is suspended",
            AccountEventType.AccountResumed => "Your account is resumed",
            AccountEventType.PriceChanged => $"{about.Name} changes its price",
            AccountEventType.PriceKept => $"{about.Name} keeps its price",
            AccountEventType.SubscriptionRenewing => $"{about.Name} is about to be renewed",
            AccountEventType.PaymentRefused => $"{about.Name} could not be paid",
            AccountEventType.SubscriptionSuspended => $"{about.Name} is suspended",
            AccountEventType.SubscriptionEnded => $"{about.Name} has ended",
            AccountEventType.BillOverdue => $"Your bill of {about.Name} is overdue",
            _ => throw new InvalidOperationException($"there are no words for {about.Type}"),
        };

    private static string ChineseSubject(AccountEvent about) =>
        about.Type switch
        {
            AccountEventType.ThresholdReached => $"“{about.Name}”已使用{about.Percent}%",
            AccountEventType.BucketExpiring => $"“{about.Name}”即将到期",
            AccountEventType.AbnormalSpend => "今日用量异常",
            AccountEventType.AccountSuspended => "您的账户已暂停",
            AccountEventType.AccountResumed => "您的账户已恢复",
            AccountEventType.PriceChanged => $"“{about.Name}”调整价格",
            AccountEventType.PriceKept => $"“{about.Name}”价格不变",
            AccountEventType.SubscriptionRenewing => $"“{about.Name}”即将续订",
            AccountEventType.PaymentRefused => $"“{about.Name}”扣款失败",
            AccountEventType.SubscriptionSuspended => $"“{about.Name}”已暂停",
            AccountEventType.SubscriptionEnded => $"“{about.Name}”已结束",
            AccountEventType.BillOverdue => $"{about.Name}账单已逾期",
            _ => throw new InvalidOperationException($"there are no words for {about.Type}"),
        };

    private static string Quantity(AccountEvent about, long? amount) => $"{Amount(about, amount)} {about.Unit}";

    private static string Amount(AccountEvent about, long? amount) => (about.InUnits(amount) ?? 0).ToString("#,##0.#########", plain);

    private static string Local(DateTimeOffset instant, string timeZone) =>
        Instant.FromDateTimeOffset(instant).InZone(DateTimeZoneProviders.Tzdb[timeZone]).ToString("uuuu-MM-dd HH:mm", plain);
}
