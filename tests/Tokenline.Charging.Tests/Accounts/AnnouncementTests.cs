using Tokenline.Charging.Accounts;
using Tokenline.Charging.Journal;

namespace Tokenline.Charging.Tests.Accounts;

/// <summary>What is decided outside an account and told through it.</summary>
public sealed class AnnouncementTests
{
    private static readonly DateTimeOffset now = new(2026, 1, 10, 4, 0, 0, TimeSpan.Zero);

    private static readonly AccountEvent price = new(
        AccountEventType.PriceChanged,
        "m",
        "Model",
        Reason: "input 2 -> 3 CNY a million",
        From: now.AddDays(1)
    );

    private readonly ChargingAccount account = new(new AccountId(1), new TestTariffs());

    [Fact]
    public void A_price_is_raised_once_and_a_repeated_command_answers_the_same()
    {
        Assert.Null(account.Execute(new Announce(new(7), price), now));
        Assert.Null(account.Execute(new Announce(new(7), price), now.AddHours(1)));
        Assert.Equal(Problems.Conflict, account.Execute(new Announce(new(7), price with { Reason = "another" }), now)?.Problem);

        Assert.Equal(price, Assert.IsType<Raised>(Assert.Single(account.Emitted.ToArray())).Event);
    }

    [Fact]
    public void An_account_that_is_read_from_its_journal_or_its_image_knows_what_was_announced()
    {
        Assert.Null(account.Execute(new Announce(new(7), price), now));
        var body = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(account.Emitted[0], ChargingJson.Default.Raised);
        var entry = new StoredEntry(1, ChargingJson.ReadEntry(EntryKind.Raised, body));

        foreach (
            var restored in new[]
            {
                ChargingAccount.Restore(account.Id, new TestTariffs(), null, [entry]),
                ChargingAccount.Restore(account.Id, new TestTariffs(), account.Image(), []),
            }
        )
        {
            Assert.Null(restored.Execute(new Announce(new(7), price), now));
            Assert.Empty(restored.Emitted.ToArray());
        }
    }

    [Fact]
    public void An_entry_of_before_announcements_is_read_as_it_was()
    {
        var entry = (Raised)
            ChargingJson.ReadEntry(
                EntryKind.Raised,
                """{"at":"2026-01-10T04:00:00+00:00","event":{"type":"account.resumed","subject":"acc_0000000000001","name":"account","reason":"paid"}}"""u8
            );

        Assert.Equal(
            new Raised(now, new AccountEvent(AccountEventType.AccountResumed, "acc_0000000000001", "account", Reason: "paid")),
            entry
        );
        var restored = ChargingAccount.Restore(account.Id, new TestTariffs(), null, [new StoredEntry(1, entry)]);
        Assert.Empty(restored.Image().Commands);
    }

    [Theory]
    [InlineData(AccountEventType.ThresholdReached)]
    [InlineData(AccountEventType.AccountSuspended)]
    public void What_an_account_notices_by_itself_is_not_announced(AccountEventType type)
    {
        Assert.Equal(Problems.InvalidRequest, account.Execute(new Announce(new(7), price with { Type = type }), now)?.Problem);
        Assert.Empty(account.Emitted.ToArray());
    }
}
