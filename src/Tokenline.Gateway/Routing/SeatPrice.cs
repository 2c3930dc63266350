using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Routing;

/// <summary>What a model costs, as it is at this second: what its vendor is owed by contract, or what customers are charged; looked up again when the second or the book of tariffs has changed.</summary>
internal sealed class SeatPrice(string? vendor, string model, ITariffs tariffs, Pricing pricing)
{
    private sealed record Known(TariffBook Book, long Second, PriceQuote? Quote);

    private Known? known;

    public double Of(in RoutingCall call) => QuoteAt(call.At)?.Of(call.InputTokens, call.OutputTokens) ?? double.NaN;

    /// <summary>Null: there is no contract or tariff, or no rate of its currency.</summary>
    public PriceQuote? QuoteAt(DateTimeOffset at)
    {
        var book = tariffs.Current;
        var second = at.Ticks / TimeSpan.TicksPerSecond;
        var price = Volatile.Read(ref known);
        if (price is null || price.Second != second || price.Book != book)
        {
            price = new Known(book, second, Quote(book, at));
            Volatile.Write(ref known, price);
        }
        return price.Quote;
    }

    private PriceQuote? Quote(TariffBook book, DateTimeOffset at) =>
        (vendor is null ? book.Find(model, at) : book.FindContract(vendor, model, at)) is { } owed
        && pricing.RateOf(owed.Currency) is { } rate
            ? PriceQuote.Of(owed, at, rate)
            : null;
}
