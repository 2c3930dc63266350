using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Commerce.Tests.Subscriptions;

/// <summary>What a customer hears of a plan, by the way that all notifications go.</summary>
public sealed class NoticeTests
{
    [Fact]
    public async Task Five_days_before_a_renewal_its_price_its_date_and_how_to_stop_are_told_once()
    {
        await using var story = await SubscriptionStory.BeginAsync();
        await story.DoAsync("order basic");
        await story.AdvanceAsync("2026-09-26 10:29");
        Assert.Empty(await HeardAsync(story));

        await story.AdvanceAsync("2026-09-26 10:30");
        await story.AdvanceAsync("2026-10-25 10:30");

        var told = Assert.Single(await HeardAsync(story));
        Assert.Equal(AccountEventType.SubscriptionRenewing, told.Event.Type);
        Assert.Equal(
            "Tokenline: basic is renewed on 2026-10-01 10:30 for 9.9 CNY. Stop the renewal before that if you do not want it.",
            TextOf(story, told, NoticeLanguage.English)
        );
        Assert.Contains("将于2026-10-01 10:30自动续订，费用9.9 CNY", TextOf(story, told, NoticeLanguage.Chinese), StringComparison.Ordinal);
        await story.AdvanceAsync("2026-10-27 10:30");
        Assert.Equal(2, (await HeardAsync(story)).Count);
    }

    [Fact]
    public async Task What_is_not_paid_is_told_once_and_then_what_becomes_of_it()
    {
        await using var story = await SubscriptionStory.BeginAsync();
        await story.DoAsync("order basic");
        await story.AdvanceAsync("2026-09-30 10:30");
        await story.DoAsync("bill refuses");

        await story.AdvanceAsync("2026-11-01 10:30");

        var heard = (await HeardAsync(story)).Skip(1).ToList();
        Assert.Equal(
            [AccountEventType.PaymentRefused, AccountEventType.SubscriptionSuspended, AccountEventType.SubscriptionEnded],
            heard.Select(told => told.Event.Type)
        );
        Assert.Equal(
            "Tokenline: 9.9 CNY for basic could not be charged (the bill is not paid). It is tried again on 2026-10-02 04:30; you can use it until 2026-10-04 10:30.",
            TextOf(story, heard[0], NoticeLanguage.English)
        );
        Assert.EndsWith("has ended (it was not paid).", TextOf(story, heard[2], NoticeLanguage.English), StringComparison.Ordinal);
    }

    private static async Task<IReadOnlyList<StoredEvent>> HeardAsync(SubscriptionStory story) =>
        [
            .. (await story.World.Get<IChargeHistory>().EventsAsync(0, 1000)).Where(told =>
                told.Account == story.Customer.Account && told.Event.Subject.StartsWith("prd_", StringComparison.Ordinal)
            ),
        ];

    private static string TextOf(SubscriptionStory story, StoredEvent told, NoticeLanguage language) =>
        NoticeTexts.TextOf(new Notice(told, story.Customer, NotificationSettings.Default with { Language = language }), "Asia/Shanghai");
}
