using Microsoft.Extensions.Logging;
using Tokenline.Commerce.Catalog;
using Tokenline.Management.Catalog;

namespace Tokenline.Commerce.Tests.Catalog;

public sealed class UsdPricesTests
{
    private static readonly CommerceOptions changed = new() { UsdRate = 7.25m, UsdRateAsOf = "2026-09-01" };

    [Fact]
    public async Task A_rate_that_was_changed_in_the_settings_is_noticed_and_changes_no_price_by_itself()
    {
        await using var world = await World.SeededAsync();
        Assert.True((await world.Get<UsdPrices>().FindDriftAsync(CancellationToken.None)).IsNone);

        await using var next = await World.OpenAsync(world.Folder, changed);
        var drift = await next.Get<UsdPrices>().FindDriftAsync(CancellationToken.None);

        Assert.Equal([6.7379m], drift.Charged);
        Assert.Equal(7.25m, drift.Setting);
        Assert.All(drift.Models, model => Assert.Equal("USD", model.Prices.Currency.Code));
        Assert.NotEmpty(drift.Models);
        Assert.Single(next.Get<TariffHolder>().Current.Versions);
    }

    [Fact]
    public async Task The_start_names_both_rates_and_the_way_out()
    {
        await using var world = await World.SeededAsync();
        await using var next = await World.OpenAsync(world.Folder, changed);
        var log = new Lines();

        await new UsdRateWatch(next.Get<UsdPrices>(), changed, log).StartAsync(CancellationToken.None);

        var line = Assert.Single(log.Written);
        Assert.Contains("1 USD = 6.7379 CNY; the settings say 7.25", line, StringComparison.Ordinal);
        Assert.Contains("tokenline tariff publish", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Publishing_puts_the_present_rate_in_force_once_and_leaves_every_other_price_alone()
    {
        await using var world = await World.SeededAsync();
        await using var next = await World.OpenAsync(world.Folder, changed);
        var prices = next.Get<UsdPrices>();
        var before = next.Get<TariffHolder>().Current.Versions[^1];
        var drift = await prices.FindDriftAsync(CancellationToken.None);

        var published = (await prices.PublishAsync(CancellationToken.None)).Required();
        var again = (await prices.PublishAsync(CancellationToken.None)).Required();

        Assert.Equal((before.Version + 1, before.Version + 1), (published.Version, again.Version));
        Assert.Contains("1 USD = 7.25 CNY (2026-09-01)", published.Reason, StringComparison.Ordinal);
        var now = published.ToTariff();
        var dollars = drift.Models.ToDictionary(model => model.Id);
        foreach (var (id, model) in now.Models)
        {
            var input = model.Price.Table.Tiers[0][Meter.Input];
            if (dollars.TryGetValue(id, out var listing))
                Assert.Equal(decimal.Round(listing.Prices.Tiers[0].Price["input"] * 7.25m * Money.NanoPerUnit), input);
            else
                Assert.Equal(before.Models[id].Price.Table.Tiers[0][Meter.Input], input);
        }
        Assert.True((await prices.FindDriftAsync(CancellationToken.None)).IsNone);
    }

    /// <summary>Keeps what is logged.</summary>
    private sealed class Lines : ILogger<UsdRateWatch>
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        ) => Written.Add(formatter(state, exception));
    }
}
