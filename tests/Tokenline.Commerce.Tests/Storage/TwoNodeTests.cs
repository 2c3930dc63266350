using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tokenline.Charging;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Routing;
using Tokenline.Commerce.WhatIf;
using Tokenline.Storage.Postgres;

namespace Tokenline.Commerce.Tests.Storage;

/// <summary>Two nodes over one database: what one changes the other knows after a round.</summary>
public sealed class TwoNodeTests : IAsyncLifetime
{
    private const string Model = "glm-5";
    private static readonly PriceSheet price = new(
        Currency.Cny,
        [new PriceSheetTier(null, new Dictionary<string, decimal> { ["input"] = 5, ["output"] = 20 })]
    );

    private readonly string folder = Directory.CreateTempSubdirectory("tokenline-").FullName;
    private PostgresDatabase database = null!;
    private World one = null!;
    private World two = null!;

    private static CancellationToken None => CancellationToken.None;

    public async ValueTask InitializeAsync()
    {
        database = await Databases.OpenAsync(await Databases.NewDemoAsync(folder));
        one = await World.OpenAsync(folder, database: database);
        two = await World.OpenAsync(
            folder,
            database: database,
            register: services => services.AddSingleton<IChargingAccounts>(one.Accounts)
        );
        two.Time.Advance(TimeSpan.FromMilliseconds(7)); // ids of two nodes are told apart by more; here by time
    }

    public async ValueTask DisposeAsync()
    {
        await two.DisposeAsync();
        await one.DisposeAsync();
        await database.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_key_made_on_one_node_is_known_on_the_other_after_a_round_and_a_revoked_one_is_not()
    {
        var customer = await one.NewCustomerAsync();
        var key = (await KeysOf(one).CreateAsync(customer.Id, "key", null, null, None)).Required();
        Assert.Null(Find(two, key));

        await RoundAsync(two);
        Assert.Equal(customer.Account, Find(two, key)!.Account);

        (await KeysOf(one).RevokeAsync(customer.Id, key.Key.Id, None)).Required();
        Assert.Null(Find(one, key));
        await RoundAsync(two);
        Assert.Null(Find(two, key));
        await two.Get<ConfigurationWatch>().LoadAsync(None);
        Assert.Null(Find(two, key));
    }

    [Fact]
    public async Task A_setting_that_is_changed_on_one_node_holds_on_the_other_after_a_round()
    {
        var ann = new AuditTrail.AuditActor(AuditTrail.AuditActorKind.Staff, "stf_1", "Ann");
        var entered = new Dictionary<string, string?> { ["Commerce:SmsSender"] = "10086" };
        (await one.Get<SettingDesk>().ChangeAsync(entered, ann, "a new number", None)).Required();
        Assert.Equal(("10086", "10010"), (one.Get<CommerceOptions>().SmsSender, two.Get<CommerceOptions>().SmsSender));
        await RoundAsync(two);
        Assert.Equal("10086", two.Get<CommerceOptions>().SmsSender);
    }

    [Fact]
    public async Task A_draft_that_one_node_was_asked_to_try_is_tried_by_the_other_and_seen_from_both()
    {
        var plan = (await one.Get<ICatalogStore>().FindOfferingAsync("plan-light", None))!;
        var now = one.Time.GetUtcNow();
        var asked = (
            await one.Get<WhatIfDesk>().AskAsync(new(now.AddDays(-2), now.AddMinutes(-1), null, plan) { Name = "dearer" }, None)
        ).Required();
        using var ending = new CancellationTokenSource();
        var work = two.Get<WhatIfDesk>().WorkAsync(ending.Token);
        var done = await Eventually.WhenAsync(() => one.Get<WhatIfDesk>().FindAsync(asked.Id, None), run => run!.EndedAt is not null);
        await ending.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => work);
        Assert.Equal((WhatIfState.Done, "dearer"), (done!.State, done.Request.Name));
        Assert.NotNull(done.Report);
    }

    [Fact]
    public async Task What_a_customers_prices_depend_on_reaches_the_keys_of_every_node()
    {
        var customer = await one.NewCustomerAsync();
        var key = (await KeysOf(one).CreateAsync(customer.Id, "key", null, null, None)).Required();
        await RoundAsync(two);

        (await two.Customers.SetTraitsAsync(customer.Id, "student", "south", None)).Required();
        await RoundAsync(one);

        Assert.Equal(("student", "south"), (Find(one, key)!.CustomerGroup, Find(one, key)!.Region));
        Assert.Equal("student", Find(two, key)!.CustomerGroup);
    }

    [Fact]
    public async Task A_reload_that_runs_beside_revocations_never_brings_a_key_back()
    {
        var customer = await one.NewCustomerAsync();
        for (var i = 0; i < 10; i++)
        {
            var key = (await KeysOf(one).CreateAsync(customer.Id, "key", null, null, None)).Required();
            var reloading = Task.Run(async () =>
            {
                for (var round = 0; round < 5; round++)
                    await one.Get<ConfigurationWatch>().LoadAsync(None);
            });
            (await KeysOf(one).RevokeAsync(customer.Id, key.Key.Id, None)).Required();
            Assert.Null(Find(one, key));
            await reloading;
            Assert.Null(Find(one, key));
        }
    }

    [Fact]
    public async Task A_tariff_a_vendor_and_a_substitution_are_in_force_on_the_other_node_after_a_round()
    {
        var published = (await one.Get<CatalogEditing>().PutPriceAsync(Model, price, "", None)).Required();
        (
            await one.Get<CatalogEditing>()
                .PutVendorAsync(new VendorEntry("new-vendor", new Uri("https://new.example/v1")) { ApiKeys = ["secret"] }, None)
        ).Required();
        (await one.Get<CatalogEditing>().MapAsync(Model, "new-vendor", null, 1, None)).Required();
        var rule = (
            await one.Get<SubstitutionEditing>().AddAsync(null, new SubstitutionEntry(Model, null) { WhenDown = true }, None)
        ).Required();

        await RoundAsync(two);

        Assert.Equal(published.Version, two.Get<TariffHolder>().Current.Find(Model, two.Time.GetUtcNow())!.Version);
        var deployment = Assert.Single(two.Get<ModelCatalogHolder>().Current.Find(Model)!.Deployments);
        Assert.Equal(("new-vendor", "secret"), (deployment.Vendor, Assert.Single(deployment.ApiKeys)));
        Assert.Contains(rule.Id, two.Get<SubstitutionHolder>().Current.All.Select(known => known.Id));
    }

    [Fact]
    public async Task Publishing_on_both_nodes_at_once_makes_a_version_each()
    {
        var before = one.Get<TariffHolder>().LastVersion;

        var made = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(i => Task.Run(() => (i % 2 == 0 ? one : two).Get<CatalogEditing>().PutPriceAsync(Model, price, $"{i}", None)))
        );

        Assert.Equal(Enumerable.Range(before + 1, 6), made.Select(outcome => outcome.Required().Version).Order());
        await RoundAsync(one);
        await RoundAsync(two);
        Assert.Equal(before + 6, one.Get<TariffHolder>().LastVersion);
        Assert.Equal(
            one.Get<TariffHolder>().Current.Versions.Select(version => version.Version),
            two.Get<TariffHolder>().Current.Versions.Select(version => version.Version)
        );
    }

    [Fact]
    public async Task An_order_that_another_node_may_be_paying_for_is_taken_up_after_a_minute()
    {
        var customer = await one.NewCustomerAsync();
        one.Carrier.IsDown = true;
        var order = await one.OrderAsync(customer, "token-pack");
        Assert.Equal(OrderState.InProgress, order.State);

        Assert.Equal(0, (await two.Ordering.ResumeAsync(None)).Ended);
        two.Time.Advance(TimeSpan.FromSeconds(61));
        Assert.Equal(1, (await two.Ordering.ResumeAsync(None)).Ended);

        Assert.Single(await two.Get<IOrderStore>().ProductsAsync(customer.Id, None));
    }

    [Fact]
    public async Task A_work_is_done_by_one_node_and_goes_on_at_the_other_when_it_ends_there()
    {
        var (mine, theirs) = (
            new PostgresLeadership(database.Source, TimeProvider.System),
            new PostgresLeadership(database.Source, TimeProvider.System)
        );
        using var stopping = new CancellationTokenSource();
        using var theirStopping = new CancellationTokenSource();
        var (begun, theirBegun) = (new TaskCompletionSource(), new TaskCompletionSource());
        var working = mine.WhileLeadingAsync("one at a time", token => WorkAsync(begun, token), stopping.Token);
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(20), None);
        var theirWorking = theirs.WhileLeadingAsync("one at a time", token => WorkAsync(theirBegun, token), theirStopping.Token);

        await Assert.ThrowsAsync<TimeoutException>(() => theirBegun.Task.WaitAsync(TimeSpan.FromSeconds(1.5), None));
        await stopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
        await theirBegun.Task.WaitAsync(TimeSpan.FromSeconds(20), None);
        await theirStopping.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => theirWorking);

        static Task WorkAsync(TaskCompletionSource begun, CancellationToken token)
        {
            begun.SetResult();
            return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        }
    }

    [Fact]
    public async Task A_node_that_cannot_look_for_three_seconds_is_not_fresh_and_is_again_when_it_could()
    {
        var watch = two.Get<ConfigurationWatch>();
        await watch.RoundAsync(None);
        Assert.True(watch.IsFresh(two.Time.GetUtcNow()));

        two.Time.Advance(TimeSpan.FromSeconds(3.1));
        Assert.False(watch.IsFresh(two.Time.GetUtcNow()));
        await watch.RoundAsync(None);
        Assert.True(watch.IsFresh(two.Time.GetUtcNow()));
    }

    [Fact]
    public async Task A_turn_is_refused_while_the_other_node_has_it_for_too_long()
    {
        var (mine, theirs) = (new PostgresTurns(database.Source, TimeSpan.FromSeconds(5)), Impatient());
        await using (await mine.TakeAsync("a turn", None))
        {
            await using var other = await theirs.TakeAsync("another", None);
            var refused = await Assert.ThrowsAsync<TurnTakenException>(async () => await theirs.TakeAsync("a turn", None));
            Assert.Contains("Another change is being made", refused.Message, StringComparison.Ordinal);
        }
        await using var now = await theirs.TakeAsync("a turn", None);

        PostgresTurns Impatient() => new(database.Source, TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task The_lead_passes_on_when_its_holders_connection_is_killed()
    {
        var (mine, theirs) = (
            new PostgresLeadership(database.Source, TimeProvider.System),
            new PostgresLeadership(database.Source, TimeProvider.System)
        );
        await using var lead = await mine.TakeAsync("work", None);
        var waiting = theirs.TakeAsync("work", None);
        Assert.False(waiting.IsCompleted);

        await using (
            var kill = database.Source.CreateCommand(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
            await kill.ExecuteNonQueryAsync(None);

        await using var next = await waiting.WaitAsync(TimeSpan.FromSeconds(20), None);
        var lost = new TaskCompletionSource();
        await using var registered = lead.Lost.Register(lost.SetResult);
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(20), None);
        Assert.False(next.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_node_with_another_secret_is_refused_and_told_what_to_copy()
    {
        var folder = Directory.CreateTempSubdirectory("tokenline-secret-").FullName;
        try
        {
            var missing = await Assert.ThrowsAsync<DatabaseException>(() => World.OpenAsync(folder, database: database));
            Assert.Contains("Copy vendor-keys.secret", missing.Message, StringComparison.Ordinal);

            await File.WriteAllTextAsync(Path.Combine(folder, "vendor-keys.secret"), Convert.ToBase64String(new byte[32]), None);
            var other = await Assert.ThrowsAsync<DatabaseException>(() => World.OpenAsync(folder, database: database));
            Assert.Contains("another secret", other.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Keys KeysOf(World node) => node.Get<Keys>();

    private static KeyRights? Find(World node, NewApiKey key) => node.Get<Keyring>().Find(key.Text, node.Time.GetUtcNow());

    private static Task RoundAsync(World node) => node.Get<ConfigurationWatch>().RoundAsync(None);
}
