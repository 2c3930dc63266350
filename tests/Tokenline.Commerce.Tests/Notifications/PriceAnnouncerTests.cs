using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Routing;
using Tokenline.Commerce.Tests.PriceSheets;

namespace Tokenline.Commerce.Tests.Notifications;

/// <summary>Who hears of a change of prices: those whose bill or routing it touches, once, and nobody else.</summary>
public sealed class PriceAnnouncerTests : IAsyncLifetime
{
    private const string Model = "glm-5"; // 4 CNY a million in, 18 out
    private static readonly TimeSpan day = TimeSpan.FromDays(1);

    private World world = null!;
    private Customer caller = null!;
    private Customer other = null!;

    public async ValueTask InitializeAsync()
    {
        world = await World.SeededAsync();
        caller = await CustomerAsync("+8613900000101");
        other = await CustomerAsync("+8613900000102");
        await RoundAsync(); // the first start: nothing of before is announced
        await CallAsync(caller, Model);
        await CallAsync(other, "kimi-k2.6");
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task Who_called_the_model_is_told_once_what_changes_and_when()
    {
        await PublishAsync("5");

        await RoundAsync();
        await RoundAsync();

        var told = Assert.Single(await EventsAsync(caller));
        Assert.Equal(
            (AccountEventType.PriceChanged, Model, World.Start, (DateTimeOffset?)null),
            (told.Type, told.Subject, told.From, told.Until)
        );
        Assert.StartsWith("input 4 -> 5, output 18 -> 20, cached_input 1 -> 5 CNY a million", told.Reason, StringComparison.Ordinal);
        Assert.Empty(await EventsAsync(other));
    }

    [Fact]
    public async Task It_reaches_people_in_words_of_their_language()
    {
        await PublishAsync("5", World.Start + day, World.Start + (3 * day));
        await RoundAsync();

        var dispatcher = world.Get<NotificationDispatcher>();
        await dispatcher.RoundAsync(CancellationToken.None);
        await dispatcher.DrainAsync();

        var (_, number, text) = Assert.Single(world.Get<FakeSms>().Sent);
        Assert.Equal(caller.PhoneNumber, number);
        Assert.Contains("自2026-09-02 10:30起调整价格：input 4 -> 5", text, StringComparison.Ordinal);
        Assert.Contains("2026-09-04 10:30起恢复原价", text, StringComparison.Ordinal);
        var english = new Notice(
            (await world.Accounts.EventsAsync(caller.Account, null, 1))[0],
            caller,
            NotificationSettings.Default with
            {
                Language = NoticeLanguage.English,
            }
        );
        Assert.Contains(
            "changes its price from 2026-09-02 10:30 on: input 4 -> 5",
            NoticeTexts.TextOf(english, "Asia/Shanghai"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_scheduled_price_is_announced_when_it_is_published_and_not_again_when_it_starts()
    {
        await PublishAsync("5", World.Start + (7 * day));
        await RoundAsync();
        Assert.Equal(World.Start + (7 * day), Assert.Single(await EventsAsync(caller)).From);

        world.Time.Advance(8 * day);
        await RoundAsync();
        await RoundAsync(await NextStartAsync());

        Assert.Single(await EventsAsync(caller));
    }

    [Fact]
    public async Task A_promotion_says_when_the_former_price_returns()
    {
        await PublishAsync("1", World.Start + day, World.Start + (3 * day));

        await RoundAsync();

        var told = Assert.Single(await EventsAsync(caller));
        Assert.Equal((World.Start + day, World.Start + (3 * day)), (told.From, told.Until));
        Assert.StartsWith("input 4 -> 1,", told.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_scheduled_price_that_is_cancelled_is_announced_again_as_one_that_does_not_come()
    {
        var scheduled = await PublishAsync("5", World.Start + (7 * day));
        await RoundAsync();
        await CancelAsync(scheduled);

        await RoundAsync(await NextStartAsync()); // also after a restart
        await RoundAsync();

        Assert.Equal([AccountEventType.PriceKept, AccountEventType.PriceChanged], (await EventsAsync(caller)).Select(told => told.Type));
        Assert.Empty(await EventsAsync(other));
    }

    [Fact]
    public async Task What_is_cancelled_before_anybody_heard_of_it_is_not_announced_at_all()
    {
        await CancelAsync(await PublishAsync("5", World.Start + (7 * day)));

        await RoundAsync();

        Assert.Empty(await EventsAsync(caller));
    }

    [Fact]
    public async Task A_price_that_is_the_same_and_the_first_price_of_a_model_tell_nobody()
    {
        var listing = (await world.Get<ICatalogStore>().LoadAsync(CancellationToken.None)).Models.First(known => known.Id == Model);
        await PublishAsync(Model, listing.Prices);
        var added = listing with { Id = "brand-new", Name = "Brand new" };
        (await world.Get<CatalogEditing>().PutModelsAsync([added], [], "new", CancellationToken.None)).Required();

        await RoundAsync();

        Assert.Empty(await EventsAsync(caller));
        Assert.Empty(await EventsAsync(other));
    }

    [Fact]
    public async Task Of_a_version_with_several_models_each_customer_hears_of_what_he_calls()
    {
        var prices = new[] { (Model, Price("5")), ("kimi-k2.6", Price("7")), ("glm-4.7", Price("8")) };
        (await world.Get<CatalogEditing>().PublishAsync(prices, Schedule.AtOnce, "test", CancellationToken.None)).Required();

        await RoundAsync();

        Assert.Equal(Model, Assert.Single(await EventsAsync(caller)).Subject);
        Assert.Equal("kimi-k2.6", Assert.Single(await EventsAsync(other)).Subject);
    }

    [Fact]
    public async Task Who_called_it_more_than_thirty_days_ago_is_not_told()
    {
        world.Time.Advance(PriceAnnouncer.Month - TimeSpan.FromMinutes(1));
        await PublishAsync("5");
        await RoundAsync();
        Assert.Single(await EventsAsync(caller));

        world.Time.Advance(TimeSpan.FromMinutes(2));
        await PublishAsync("6");
        await RoundAsync();

        Assert.Single(await EventsAsync(caller));
    }

    [Theory]
    [InlineData(Model, "kimi-k2.6")]
    [InlineData("kimi-k2.6", Model)]
    public async Task Who_has_a_rule_that_names_the_model_is_told_without_having_called_it(string model, string use)
    {
        var ruled = await world.NewCustomerAsync();
        await SubstituteAsync(ruled.Account, model, use);
        await SubstituteAsync(null, model, use); // the operator's own: nobody's choice

        await PublishAsync("5");
        await RoundAsync();

        Assert.Equal(Model, Assert.Single(await EventsAsync(ruled)).Subject);
        Assert.Single(await EventsAsync(caller));
        Assert.Empty(await EventsAsync(other));
    }

    [Fact]
    public async Task A_round_that_ended_in_the_middle_is_repeated_and_tells_nobody_twice()
    {
        await CallAsync(other, Model);
        world.Accounts.Unavailable = other.Account;
        await PublishAsync("5");
        await Assert.ThrowsAsync<AccountUnavailableException>(() => RoundAsync());
        Assert.Single(await EventsAsync(caller)); // one account that is gone holds up no other

        world.Accounts.Unavailable = null;
        await RoundAsync(await NextStartAsync());

        Assert.Single(await EventsAsync(caller));
        Assert.Single(await EventsAsync(other));
        Assert.Equal(2, world.Accounts.Executed.Count(done => done.Account == caller.Account && done.Command is Announce));
    }

    [Fact]
    public async Task More_calls_than_one_page_holds_are_all_looked_at()
    {
        for (var i = 0; i < 1100; i++)
            await CallAsync(caller, Model);
        await CallAsync(other, Model);

        await PublishAsync("5");
        await RoundAsync();

        Assert.Single(await EventsAsync(caller));
        Assert.Single(await EventsAsync(other));
    }

    private Task<int> RoundAsync(PriceAnnouncer? announcer = null) =>
        (announcer ?? world.Get<PriceAnnouncer>()).RoundAsync(CancellationToken.None);

    /// <summary>As the next process makes it: from what is stored.</summary>
    private async Task<PriceAnnouncer> NextStartAsync()
    {
        await world.Get<CommerceStart>().LoadAsync(CancellationToken.None);
        return new PriceAnnouncer(
            world.Get<TariffHolder>(),
            world.Get<ModelCatalogHolder>(),
            world.Get<SubstitutionHolder>(),
            world.Get<ICatalogStore>(),
            world.Get<IChargeHistory>(),
            world.Accounts,
            world.Time
        );
    }

    private async Task<Customer> CustomerAsync(string phoneNumber)
    {
        var customer = await world.NewCustomerAsync(phoneNumber);
        var money = new BucketGrant(
            world.Get<IdSource>().Next<BucketKind>(),
            "Balance",
            BucketType.Wallet,
            null,
            Currency.Cny,
            1000 * Money.NanoPerUnit,
            200,
            World.Start,
            null,
            null,
            null
        );
        Assert.Null(await world.Accounts.ExecuteAsync(customer.Account, new GrantBucket(money)));
        return customer;
    }

    private Task CallAsync(Customer customer, string model) => world.CallAsync(customer, model, Usage.Of(1, 1));

    private async Task<IReadOnlyList<AccountEvent>> EventsAsync(Customer customer) =>
        [.. (await world.Accounts.EventsAsync(customer.Account, null, 100)).Select(stored => stored.Event)];

    private Task<TariffVersion> PublishAsync(string input, DateTimeOffset? from = null, DateTimeOffset? until = null) =>
        PublishAsync(Model, Price(input), from, until);

    private async Task<TariffVersion> PublishAsync(
        string model,
        PriceSheet price,
        DateTimeOffset? from = null,
        DateTimeOffset? until = null
    ) =>
        (
            await world.Get<CatalogEditing>().PublishAsync([(model, price)], new Schedule(from, until), "test", CancellationToken.None)
        ).Required();

    private async Task CancelAsync(TariffVersion version) =>
        (await world.Get<CatalogEditing>().CancelAsync(version.Version, CancellationToken.None)).Required();

    private async Task SubstituteAsync(AccountId? account, string model, string use) =>
        (
            await world
                .Get<SubstitutionEditing>()
                .AddAsync(account, new SubstitutionEntry(model, use) { WhenDown = true }, CancellationToken.None)
        ).Required();

    private static PriceSheet Price(string input) =>
        Sheets.Read(
            $$$"""
            "tiers":[{"price":{"input":"{{{input}}}","output":"20"}}]
            """
        );
}
