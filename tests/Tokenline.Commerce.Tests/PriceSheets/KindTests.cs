using Tokenline.Charging.Tariffs;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Commerce.Tests.PriceSheets;

/// <summary>What a model does says what its price must name.</summary>
public sealed class KindTests
{
    [Theory]
    [InlineData(ModelKind.Chat, "input output")]
    [InlineData(ModelKind.Embedding, "input")]
    [InlineData(ModelKind.Embedding, "embedding")]
    [InlineData(ModelKind.Rerank, "input")]
    [InlineData(ModelKind.Rerank, "rerank")]
    [InlineData(ModelKind.Image, "image")]
    [InlineData(ModelKind.Image, "input output")]
    [InlineData(ModelKind.Speech, "character")]
    [InlineData(ModelKind.Transcription, "second")]
    [InlineData(ModelKind.Transcription, "input output")]
    public void A_price_names_what_calls_of_its_kind_are_counted_in(ModelKind kind, string meters)
    {
        var sheet = Sheet(meters);

        var tariff = Sheets.Pricing.ToTariff("m", sheet, 1, kind).Required();

        Assert.All(meters.Split(' '), name => Assert.True(tariff.Charges(MeterOf(name))));
        Assert.NotNull(Sheets.Pricing.ToContract("m", sheet, 1, kind).Value);
        // What the price leaves to input costs as much as input does; where input has none, nothing is made up.
        Assert.Equal(meters.Contains("input", StringComparison.Ordinal), tariff.Price.Table.Tiers[0][Meter.CachedInput] > 0);
    }

    [Theory]
    [InlineData(ModelKind.Chat, "input", "Give at least input and output; 0 where it is free.")]
    [InlineData(ModelKind.Chat, "image", "Give at least input and output; 0 where it is free.")]
    [InlineData(ModelKind.Embedding, "output", "Give at least input, or embedding; 0 where it is free.")]
    [InlineData(ModelKind.Rerank, "embedding", "Give at least input, or rerank; 0 where it is free.")]
    [InlineData(ModelKind.Image, "input", "Give at least input and output, or image; 0 where it is free.")]
    [InlineData(ModelKind.Speech, "input output", "Give at least character; 0 where it is free.")]
    [InlineData(ModelKind.Transcription, "output", "Give at least input and output, or second; 0 where it is free.")]
    public void A_price_that_names_none_of_it_is_refused(ModelKind kind, string meters, string reason)
    {
        var refused = Sheets.Pricing.ToTariff("m", Sheet(meters), 1, kind).Refused!;

        Assert.Equal(("tiers[0].price", reason), (refused.Param, refused.Message));
    }

    private static PriceSheet Sheet(string meters) =>
        new(Currency.Cny, [new PriceSheetTier(null, meters.Split(' ').ToDictionary(name => name, _ => 2m))]);

    private static Meter MeterOf(string name)
    {
        Assert.True(MeterNames.TryParse(name, out var meter));
        return meter;
    }
}
