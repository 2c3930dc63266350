using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Wallets;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteWalletStoreTests : WalletStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresWalletStoreTests : WalletStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>What the store of wallets promises, on whichever database.</summary>
public abstract class WalletStoreContract : Databases
{
    private static CancellationToken None => CancellationToken.None;
    private IWalletStore Store => Get<IWalletStore>();

    [Fact]
    public async Task Of_many_who_pay_at_once_so_many_are_paid_as_there_is_money_for()
    {
        var owner = (await world.NewCustomerAsync()).Id;
        await MoveAsync(owner, "in", MovementType.TopUp, 10);

        var made = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => Task.Run(() => MoveAsync(owner, $"p{i}", MovementType.Payment, -3)))
        );

        Assert.Equal(3, made.Count(movement => movement.Type == MovementType.Payment));
        Assert.All(
            made.Where(movement => movement.Type == MovementType.Refused),
            movement => Assert.Equal((0m, "the wallet holds 1 CNY"), (movement.Amount.ToDecimal(), movement.Reason))
        );
        await CheckAsync(owner, 1);
    }

    [Fact]
    public async Task A_movement_is_made_once_under_its_name_also_by_many_at_once_and_the_first_one()
    {
        var owner = (await world.NewCustomerAsync()).Id;

        var made = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => MoveAsync(owner, "in", MovementType.TopUp, 5))));
        var other = await MoveAsync(owner, "in", MovementType.TopUp, 6);

        Assert.Single(made.Select(movement => movement.Id).Distinct());
        Assert.Equal((5m, made[0].Id), (other.Amount.ToDecimal(), other.Id));
        Assert.False(other.Is(Wanted(owner, "in", MovementType.TopUp, 6)));
        await CheckAsync(owner, 5);
    }

    [Fact]
    public async Task What_was_once_refused_is_refused_for_ever_under_its_name()
    {
        var owner = (await world.NewCustomerAsync()).Id;
        Assert.Equal(MovementType.Refused, (await MoveAsync(owner, "p", MovementType.Payment, -1)).Type);
        await MoveAsync(owner, "in", MovementType.TopUp, 5);

        Assert.Equal(MovementType.Refused, (await MoveAsync(owner, "p", MovementType.Payment, -1)).Type);
        Assert.Equal(MovementType.Payment, (await MoveAsync(owner, "p2", MovementType.Payment, -1)).Type);
        await CheckAsync(owner, 4);
    }

    [Fact]
    public async Task No_more_comes_back_of_a_payment_than_it_was_and_of_none_nothing()
    {
        var owner = (await world.NewCustomerAsync()).Id;
        var other = (await world.NewCustomerAsync("+8613900000002")).Id;
        await MoveAsync(owner, "in", MovementType.TopUp, 10);
        await MoveAsync(other, "in2", MovementType.TopUp, 10);
        await MoveAsync(owner, "p", MovementType.Payment, -4);

        Assert.Equal(MovementType.Refund, (await MoveAsync(owner, "r1", MovementType.Refund, 3, "p")).Type);
        var more = await MoveAsync(owner, "r2", MovementType.Refund, 2, "p");
        Assert.Equal((MovementType.Refused, "of this payment 1 CNY is left to give back"), (more.Type, more.Reason));
        Assert.Equal(MovementType.Refused, (await MoveAsync(other, "r3", MovementType.Refund, 1, "p")).Type);
        Assert.Equal(MovementType.Refused, (await MoveAsync(owner, "r4", MovementType.Refund, 1, "none")).Type);
        Assert.Equal(MovementType.Refund, (await MoveAsync(owner, "r5", MovementType.Refund, 1, "p")).Type);
        await CheckAsync(owner, 10);
        await CheckAsync(other, 10);
    }

    [Fact]
    public async Task A_top_up_ends_once_with_its_movement_and_open_ones_come_in_pages()
    {
        var owner = (await world.NewCustomerAsync()).Id;
        var all = new List<TopUp>();
        for (var i = 0; i < 3; i++)
        {
            var topUp = new TopUp(
                Get<IdSource>().Next<TopUpKind>(),
                owner,
                Yuan(5),
                TopUpSource.PhoneBill,
                TopUpState.InProgress,
                World.Start,
                $"e{i}"
            );
            all.Add(topUp);
            Assert.Null(await Store.AddOrFindAsync(topUp, None));
        }
        Assert.Equal(all[1], await Store.AddOrFindAsync(all[1] with { Id = Get<IdSource>().Next<TopUpKind>() }, None));
        Assert.Equal(15 * Money.NanoPerUnit, await Store.ComingAsync(owner, None));
        var first = await Store.UnfinishedAsync(default, World.Start, 2, None);
        Assert.Equal(all[2], Assert.Single(await Store.UnfinishedAsync(first[1].Id, World.Start, 2, None)));
        Assert.Empty(await Store.UnfinishedAsync(default, World.Start.AddTicks(-1), 2, None));

        var ended = all[0] with { State = TopUpState.Completed, EndedAt = World.Start, Reference = "pay-1" };
        var won = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ => Task.Run(() => Store.EndAsync(ended, Wanted(owner, ended.Id.ToString(), MovementType.TopUp, 5))))
        );

        Assert.Single(won, one => one);
        Assert.Equal(ended, await Store.FindTopUpAsync(owner, "e0", None));
        Assert.Equal([all[2].Id, all[1].Id], (await Store.TopUpsAsync(owner, null, 2, None)).Select(one => one.Id));
        await CheckAsync(owner, 5);
        var booked = new List<BookedPayment>();
        foreach (var book in Get<IEnumerable<IBookedPayments>>())
        {
            await foreach (var line in book.PaidAsync(World.Start, World.Start.AddTicks(1), None))
                booked.Add(line);
        }
        Assert.Equal(
            new(SettlementKind.Payment, ended.Id.ToString(), "pay-1", Yuan(5), World.Start, "completed", true),
            Assert.Single(booked)
        );
    }

    private static Money Yuan(decimal amount) => Money.FromDecimal(amount, Currency.Cny);

    private static WantedMovement Wanted(PartyId owner, string name, MovementType type, decimal amount, string? of = null) =>
        new(owner, name, type, Yuan(amount), name, World.Start, of);

    private Task<WalletMovement> MoveAsync(PartyId owner, string name, MovementType type, decimal amount, string? of = null) =>
        Store.MoveAsync(Wanted(owner, name, type, amount, of));

    /// <summary>The balance is the sum of the movements, and each line says what it was after it.</summary>
    private async Task CheckAsync(PartyId owner, decimal balance)
    {
        var lines = (await Store.StatementAsync(owner, null, 100, None)).Reverse().ToList();
        var sum = 0L;
        foreach (var line in lines)
            Assert.Equal(sum += line.Amount.Nano, line.Balance.Nano);
        Assert.Equal((Yuan(balance), sum), ((await Store.FindAsync(owner, None))!.Balance, Yuan(balance).Nano));
        Assert.Equal(lines, (await Store.MovementsAsync(default, World.Start, 100, None)).Where(line => line.Owner == owner));
    }
}
