using Tokenline.Charging.Accounts;
using Tokenline.Charging.Leases;
using Tokenline.Commerce.Batches;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Files;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Orders;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Responses;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteStoreTests : StoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresStoreTests : StoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>What the stores of management data promise, on whichever database.</summary>
public abstract class StoreContract : Databases
{
    private static CancellationToken None => CancellationToken.None;

    [Fact]
    public async Task An_instant_comes_back_to_its_last_tick_and_in_the_order_of_time()
    {
        var owner = await world.NewCustomerAsync();
        var store = Get<IKeyStore>();
        var at = World.Start.AddTicks(1);
        var key = new ApiKey(Get<IdSource>().Next<KeyKind>(), owner.Id, owner.Account, "tick", 7, "last", at, at.AddTicks(1), null, null);
        await store.AddAsync(key, None);

        var read = Assert.Single(await store.ListAsync(owner.Id, None));

        Assert.Equal((at, at.AddTicks(1)), (read.CreatedAt, read.ExpiresAt));
    }

    [Fact]
    public async Task A_lessee_is_found_with_its_customer_and_keys_move_with_the_version_of_their_area()
    {
        var owner = await world.NewCustomerAsync();
        var store = Get<IAccountChangeStore>();
        var id = Get<IdSource>().Next<CommandKind>();
        var lessee = new AccountId(id.Value);
        var lease = new LeaseSubtree(id, new LeaseTerms(new AllotmentId(1), lessee, new QuotaUnit("general-token"), 1, 60));
        await store.AddOrFindAsync(new AccountChange(id, owner.Account, null, "lease", lease, null, World.Start), None);
        var other = Get<IdSource>().Next<CommandKind>();
        await store.AddOrFindAsync(
            new AccountChange(other, owner.Account, null, "recall", new RecallLease(other, new AllotmentId(1)), null, World.Start),
            None
        );

        Assert.Contains(owner.Account, await store.LessorsAsync(default, None));
        Assert.Empty(await store.LessorsAsync(id, None));
        Assert.Equal(owner, await Get<ICustomerStore>().FindByAccountAsync(lessee, None));
        Assert.Null(await Get<ICustomerStore>().FindByAccountAsync(new AccountId(other.Value), None));

        var key = (await Get<Keys>().CreateAsync(owner.Id, "moves", null, null, None)).Required();
        await Get<IKeyStore>().MoveAsync([key.Key.Id], lessee, None);
        Assert.Equal(owner.Account, Get<Keyring>().Find(key.Text, World.Start)!.Account);
        await Get<ConfigurationWatch>().RoundAsync(None);
        Assert.Equal(lessee, Get<Keyring>().Find(key.Text, World.Start)!.Account);
    }

    [Fact]
    public async Task A_phone_number_is_one_customer_also_for_two_at_once()
    {
        var made = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(i => world.Customers.CreateAsync("+8613900000077", $"Somebody {i}", None))
        );

        Assert.Single(made, outcome => outcome.Value is not null);
        Assert.All(made.Where(outcome => outcome.Value is null), outcome => Assert.Equal(Problems.Conflict, outcome.Refused!.Problem));
    }

    [Fact]
    public async Task A_name_with_a_zero_character_is_kept()
    {
        var customer = (await world.Customers.CreateAsync("+8613900000078", "Zero\0", None)).Required();

        Assert.StartsWith("Zero", (await Get<ICustomerStore>().FindAsync(customer.Id, None))!.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Offerings_keep_the_order_they_were_added_in_and_models_that_of_their_bytes()
    {
        await world.SeedAsync();
        var ids = (await Get<ICatalogStore>().OfferingsAsync(None)).Select(offering => offering.Id).ToList();
        await Get<ICatalogStore>().PutOfferingAsync((await Get<ICatalogStore>().FindOfferingAsync(ids[0], None))!, None);

        Assert.Equal(ids, (await Get<ICatalogStore>().OfferingsAsync(None)).Select(offering => offering.Id));
        var models = (await Get<ICatalogStore>().LoadAsync(None)).Models.Select(model => model.Id).ToList();
        Assert.Equal(models.Order(StringComparer.Ordinal), models);
    }

    [Fact]
    public async Task An_order_is_found_by_its_external_id_by_all_who_place_it_at_once()
    {
        await world.SeedAsync();
        var customer = await world.NewCustomerAsync();
        var store = Get<IOrderStore>();
        var offering = (await Get<ICatalogStore>().FindOfferingAsync("token-pack", None))!;

        var found = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    store.AddOrFindAsync(
                        new(Get<IdSource>().Next<OrderKind>(), customer.Id, offering, "shop-1", OrderState.Acknowledged, World.Start),
                        None
                    )
                )
        );

        var stored = Assert.Single(await store.ListAsync(customer.Id, null, 10, None));
        Assert.Single(found, one => one.Known is null);
        Assert.All(found.Where(one => one.Known is not null), one => Assert.Equal(stored.Id, one.Known!.Id));
    }

    [Fact]
    public async Task Of_many_who_want_the_last_pieces_so_many_get_them_and_what_fails_comes_back()
    {
        var store = Get<IOrderStore>();
        var offering = new ProductOffering("few", "Few", "", OfferingKind.Pack, new Money(1, Currency.Cny), 1, [new(new QuotaUnit("u"), 1)])
        {
            Sale = new SaleTerms(Stock: 3),
        };
        await Get<ICatalogStore>().PutOfferingAsync(offering, None);
        var buyers = new List<PartyId>();
        for (var i = 0; i < 8; i++)
            buyers.Add((await world.NewCustomerAsync($"+861390000010{i}")).Id);

        var orders = buyers
            .Select(buyer => new ProductOrder(
                Get<IdSource>().Next<OrderKind>(),
                buyer,
                offering,
                null,
                OrderState.Acknowledged,
                World.Start
            ))
            .ToList();
        var added = await Task.WhenAll(orders.Select(order => store.AddOrFindAsync(order, None)));

        Assert.Equal((3, 5), (added.Count(one => one == default), added.Count(one => one.IsOutOfStock)));
        Assert.Equal(3, (await Get<ICatalogStore>().FindOfferingListingAsync("few", None))!.Sold);
        var failed = orders[Array.FindIndex(added, one => one == default)];
        await store.BeginAsync(failed.Id);
        Assert.True(await store.FailAsync(failed with { State = OrderState.Failed, EndedAt = World.Start, Reason = "no" }));
        Assert.False(await store.FailAsync(failed with { State = OrderState.Failed, EndedAt = World.Start, Reason = "no" }));
        Assert.Equal(2, (await Get<ICatalogStore>().FindOfferingListingAsync("few", None))!.Sold);
    }

    [Fact]
    public async Task What_is_to_be_had_twice_is_had_twice_by_one_who_asks_many_times_at_once()
    {
        var store = Get<IOrderStore>();
        var customer = await world.NewCustomerAsync();
        var offering = new ProductOffering(
            "twice",
            "Twice",
            "",
            OfferingKind.Pack,
            new Money(1, Currency.Cny),
            1,
            [new(new QuotaUnit("u"), 1)]
        )
        {
            Sale = new SaleTerms(PerCustomer: 2),
        };
        await Get<ICatalogStore>().PutOfferingAsync(offering, None);

        var added = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    store.AddOrFindAsync(
                        new(Get<IdSource>().Next<OrderKind>(), customer.Id, offering, null, OrderState.Acknowledged, World.Start),
                        None
                    )
                )
        );

        Assert.Equal(2, added.Count(one => one.Known is null));
        Assert.Equal(2, (await store.ListAsync(customer.Id, null, 10, None)).Count);
        Assert.Equal(["twice"], await store.HeldOfferingsAsync(customer.Id, World.Start, None));
    }

    [Fact]
    public async Task Of_many_that_complete_an_order_one_wins_and_its_grants_are_written_once()
    {
        await world.SeedAsync();
        var customer = await world.NewCustomerAsync();
        var store = Get<IOrderStore>();
        var offering = (await Get<ICatalogStore>().FindOfferingAsync("token-pack", None))!;
        var order = new ProductOrder(Get<IdSource>().Next<OrderKind>(), customer.Id, offering, null, OrderState.Acknowledged, World.Start);
        await store.AddOrFindAsync(order, None);
        await store.BeginAsync(order.Id);

        var won = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                {
                    var product = new Product(
                        Get<IdSource>().Next<ProductKind>(),
                        customer.Id,
                        order.Id,
                        offering.Id,
                        offering.Name,
                        offering.Kind,
                        World.Start,
                        null
                    );
                    return store.CompleteAsync(
                        order with
                        {
                            State = OrderState.Completed,
                            EndedAt = World.Start,
                            Product = product.Id,
                        },
                        [product],
                        customer.Account,
                        [new SetStanding(Get<IdSource>().Next<CommandKind>(), false, "test")]
                    );
                })
        );

        Assert.Single(won, one => one);
        Assert.Single(await store.ProductsAsync(customer.Id, None));
        Assert.Single(await world.PendingAsync());
    }

    [Fact]
    public async Task An_account_has_one_automatic_purchase_that_has_not_ended()
    {
        var store = Get<IAutoPackStore>();
        var account = new AccountId(77);
        var begun = await Task.WhenAll(
            Enumerable.Range(1, 4).Select(i => store.BeginOrFindAsync(new(new CommandId(i), account, "token-pack", World.Start)))
        );

        var open = Assert.Single(begun.Select(purchase => purchase.Id).Distinct());
        await store.EndAsync(begun[0] with { Id = open, EndedAt = World.Start, Reason = "refused" });
        Assert.Equal(new CommandId(9), (await store.BeginOrFindAsync(new(new CommandId(9), account, "token-pack", World.Start))).Id);
    }

    [Fact]
    public async Task A_change_of_an_account_is_one_under_its_key()
    {
        var store = Get<IAccountChangeStore>();
        var changes = await Task.WhenAll(
            Enumerable
                .Range(1, 4)
                .Select(i =>
                {
                    var id = new CommandId(i);
                    var command = new SetStanding(id, true, "test");
                    return store.AddOrFindAsync(new(id, new AccountId(5), "key", "text", command, null, World.Start), None);
                })
        );

        Assert.Single(changes.Select(change => change.Id).Distinct());
    }

    [Fact]
    public async Task The_outbox_gives_what_is_not_done_in_the_order_of_writing()
    {
        var customer = await world.NewCustomerAsync();
        for (var i = 1; i <= 3; i++)
            await Get<ICustomerStore>().ChangeAsync(customer, [new SetStanding(new CommandId(i), i % 2 == 1, "test")], World.Start, None);
        var outbox = Get<IOutbox>();
        var rows = await outbox.PendingAsync(10, None);
        await outbox.DoneAsync(rows[1].Number, World.Start, null, None);

        Assert.Equal([1, 2, 3], rows.Select(row => ((SetStanding)row.Command).Command.Value));
        Assert.Equal([1, 3], (await outbox.PendingAsync(10, None)).Select(row => ((SetStanding)row.Command).Command.Value));
    }

    [Fact]
    public async Task A_delivery_is_taken_once_and_its_lane_waits_for_it()
    {
        var store = Get<INotificationStore>();
        Delivery Of(long position) =>
            new(
                0,
                position,
                "log 5",
                "log",
                null,
                new PartyId(5),
                new AccountId(5),
                AccountEventType.AccountResumed,
                World.Start,
                World.Start
            );
        await store.TakeAsync([Of(1), Of(2)], 2, None);
        await store.TakeAsync([Of(1), Of(2)], 2, None);

        Assert.Equal(2, await store.CursorAsync(None));
        Assert.Equal(2, (await store.DeliveriesAsync(new PartyId(5), null, 10, None)).Count);
        Assert.Equal(1, Assert.Single(await store.DueAsync(World.Start, 10, None)).Position);
        Assert.Empty(await store.DueAsync(World.Start.AddTicks(-1), 10, None));
    }

    [Fact]
    public async Task A_batch_moves_from_the_state_it_is_in_and_ends_with_its_files()
    {
        var (batches, files) = (Get<IBatchStore>(), Get<IFileStore>());
        var input = new StoredFile(new FileId(1), new AccountId(5), "in", "batch", 0, World.Start);
        await files.BeginAsync(input, None);
        var batch = new Batch(
            new BatchId(1),
            input.Account,
            new KeyId(1),
            input.Id,
            "/v1/x",
            "http://x",
            null,
            World.Start,
            World.Start.AddDays(1)
        );
        await batches.AddAsync(batch, None);
        await batches.AddLinesAsync(batch.Id, [new(1, "one", LineState.Pending, 0, [1, 2, 3])], None);

        var moved = await Task.WhenAll(
            batches.MoveAsync(batch with { State = BatchState.InProgress }, BatchState.Validating, None),
            batches.MoveAsync(batch with { State = BatchState.Cancelling }, BatchState.Validating, None)
        );
        Assert.Single(moved, one => one);
        Assert.Equal([1, 2, 3], Assert.Single(await batches.LinesAsync(batch.Id, true, 0, 10, None)).Body);
        Assert.Equal(new BatchCounts(1, 0, 0), await batches.CountsAsync(batch.Id, None));

        var output = input with { Id = new FileId(2), Bytes = 3 };
        await files.BeginAsync(output, None);
        await files.AppendAsync(output.Id, 0, new byte[] { 4, 5, 6 }, None);
        var ended = batch with { State = BatchState.Completed, EndedAt = World.Start, Output = output.Id };
        await batches.EndAsync(ended, [output], None);
        // Who ends it a second time, having seen it before its end, changes nothing.
        await batches.EndAsync(ended with { State = BatchState.Expired, Output = null }, [], None);

        var found = (await batches.FindAsync(batch.Account, batch.Id, None))!;
        Assert.Equal((BatchState.Completed, output.Id), (found.State, found.Output));
        Assert.Empty(await batches.UnfinishedAsync(None));
        Assert.Equal(3, await files.BytesOfAsync(batch.Account, None));
        await foreach (var piece in files.ReadAsync(output.Id, None))
            Assert.Equal([4, 5, 6], piece.ToArray());
    }

    [Fact]
    public async Task Responses_of_an_account_are_kept_up_to_its_limits_the_newest_first()
    {
        var store = Get<IResponseStore>();
        var account = new AccountId(5);
        for (var i = 0; i < 4; i++)
            await store.AddAsync([new(account, $"r{i}", World.Start.AddTicks(i), new byte[1], new byte[1])], new(3, 1000), None);

        Assert.Null(await store.FindAsync(account, "r0", World.Start, None));
        Assert.NotNull(await store.FindAsync(account, "r3", World.Start.AddTicks(3), None));
        Assert.Null(await store.FindAsync(account, "r3", World.Start.AddTicks(4), None));
        Assert.Equal(2, await store.DeleteBeforeAsync(World.Start.AddTicks(3), 10, None));
    }

    [Fact]
    public async Task A_setting_that_many_set_at_once_is_one_of_theirs()
    {
        var store = Get<ICatalogStore>();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => store.SetAsync("new", $"{i}", None)));

        Assert.InRange(int.Parse((await store.SettingAsync("new", None))!), 0, 3);
    }
}
