using System.Collections.Frozen;
using Tokenline.Charging.Tariffs;
using static Tokenline.Charging.Tests.Tariffs.Cards;

namespace Tokenline.Charging.Tests.Tariffs;

public sealed class TariffBookTests
{
    private static readonly DateTimeOffset start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_version_in_force_changes_only_the_models_in_it()
    {
        var book = new TariffBook([Version(1, 0, "a", "b"), Version(2, 10, "b")]);

        Assert.Equal((1, 1), (Find(book, "a", 10), Find(book, "b", 9)));
        Assert.Equal(2, Find(book, "b", 10));
        Assert.Null(Find(book, "c", 10));
        Assert.Null(book.Find("a", start.AddTicks(-1)));
    }

    [Fact]
    public void A_scheduled_version_does_not_undo_an_immediate_one()
    {
        // 2 was scheduled for day 20 before 3 was made at day 10; 4 is another model's, made later still.
        var book = new TariffBook([Version(1, 0, "a", "b"), Version(2, 20, "a"), Version(3, 10, "a"), Version(4, 15, "b")]);

        Assert.Equal([1, 3, 3, 2], new[] { 9, 10, 19, 20 }.Select(day => Find(book, "a", day)!.Value));
        Assert.Equal([1, 4, 4], new[] { 14, 15, 20 }.Select(day => Find(book, "b", day)!.Value));
    }

    [Fact]
    public void The_end_of_a_promotion_brings_back_the_price_before_it()
    {
        var book = new TariffBook([Version(1, 0, "a"), Version(2, 10, "a") with { EffectiveTo = start.AddDays(20) }]);

        Assert.Equal([1, 2, 2, 1], new[] { 9, 10, 19, 20 }.Select(day => Find(book, "a", day)!.Value));
        Assert.Equal(2, book.Find("a", start.AddDays(20).AddTicks(-1))!.Version);
    }

    [Fact]
    public void A_price_changed_during_a_promotion_is_the_one_that_stays()
    {
        var book = new TariffBook([Version(1, 0, "a"), Version(2, 10, "a") with { EffectiveTo = start.AddDays(20) }, Version(3, 15, "a")]);

        Assert.Equal([2, 3, 3], new[] { 14, 15, 20 }.Select(day => Find(book, "a", day)!.Value));
    }

    [Fact]
    public void A_past_call_finds_the_version_it_was_held_under()
    {
        var book = new TariffBook([Version(1, 0, "a"), Version(2, 10, "a")]);

        Assert.Equal(1, book.Get("a", 1).Version);
        Assert.Throws<UnknownTariffException>(() => book.Get("a", 3));
        Assert.Throws<UnknownTariffException>(() => book.Get("b", 1));
        Assert.Throws<ArgumentException>(() => new TariffBook([Version(1, 0, "a"), Version(1, 10, "a")]));
    }

    [Fact]
    public void Contracts_are_found_by_vendor_and_model_at_their_time()
    {
        var book = new TariffBook([], [Contract("v", "a", 1, 0), Contract("v", "a", 2, 10), Contract("w", "a", 3, 0)]);

        Assert.Equal(1, book.FindContract("v", "a", start.AddDays(9))!.Version);
        Assert.Equal(2, book.FindContract("v", "a", start.AddDays(10))!.Version);
        Assert.Equal(3, book.FindContract("w", "a", start.AddDays(10))!.Version);
        Assert.Null(book.FindContract("v", "b", start));
        Assert.Null(book.FindContract("v", "a", start.AddTicks(-1)));
    }

    private static int? Find(TariffBook book, string model, int day) => book.Find(model, start.AddDays(day))?.Version;

    private static Tariff Version(int version, int day, params string[] models) =>
        new(
            version,
            start.AddDays(day),
            models.ToFrozenDictionary(model => model, model => Tariff(Card(Flat((Meter.Input, 1))), model, version))
        );

    private static Contract Contract(string vendor, string model, int version, int day) =>
        new(vendor, start.AddDays(day), Tariff(Card(Flat((Meter.Input, 1))), model, version));
}
