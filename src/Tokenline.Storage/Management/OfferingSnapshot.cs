using System.Text.Json;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Storage.Management;

/// <summary>An offering as orders, subscriptions and versions keep it: nano and micro as whole numbers.</summary>
internal sealed record OfferingSnapshot(
    string Id,
    string Name,
    string Description,
    OfferingKind Kind,
    long PriceNano,
    Currency Currency,
    int? Months,
    OfferedGrant[] Grants,
    int? Days = null,
    int Version = 1,
    OfferingTerms? Terms = null
)
{
    public static string Write(ProductOffering offering) => JsonSerializer.Serialize(Of(offering), CommerceJson.Options);

    public static ProductOffering Read(string json) =>
        (
            JsonSerializer.Deserialize<OfferingSnapshot>(json, CommerceJson.Options) ?? throw new JsonException("an offering is missing")
        ).ToOffering();

    public static OfferingSnapshot Of(ProductOffering offering) =>
        new(
            offering.Id,
            offering.Name,
            offering.Description,
            offering.Kind,
            offering.Price.Nano,
            offering.Price.Currency,
            offering.Months,
            [.. offering.Grants],
            offering.Days,
            offering.Version,
            OfferingTerms.Of(offering)
        );

    public ProductOffering ToOffering() =>
        (Terms ?? OfferingTerms.None).On(
            new ProductOffering(Id, Name, Description, Kind, new Money(PriceNano, Currency), Months, Grants)
            {
                Days = Days,
                Version = Version,
            }
        );
}

/// <summary>Who may order an offering, and on which terms, as it is stored.</summary>
internal sealed record OfferingTerms(
    SaleTerms? Sale = null,
    long? FirstPriceNano = null,
    decimal TaxPercent = 0,
    RenewalTerms? Renewal = null,
    OfferedComponent[]? Components = null,
    int? MembersMax = null,
    SeatTerms? Seats = null,
    CommitmentTerms? Commitment = null,
    OfferingText? Chinese = null
)
{
    public static OfferingTerms None { get; } = new();

    /// <summary>Null where nothing is said.</summary>
    public static OfferingTerms? Of(ProductOffering offering)
    {
        var terms = new OfferingTerms(
            offering.Sale == SaleTerms.Open ? null : offering.Sale,
            offering.FirstPrice?.Nano,
            offering.TaxPercent,
            offering.Renewal == RenewalTerms.None ? null : offering.Renewal,
            offering.Components.Count == 0 ? null : [.. offering.Components],
            offering.MembersMax,
            offering.Seats,
            offering.Commitment,
            offering.Chinese
        );
        return terms == None ? null : terms;
    }

    public ProductOffering On(ProductOffering offering) =>
        offering with
        {
            Sale = Sale ?? SaleTerms.Open,
            FirstPrice = FirstPriceNano is { } nano ? new Money(nano, offering.Price.Currency) : null,
            TaxPercent = TaxPercent,
            Renewal = Renewal ?? RenewalTerms.None,
            Components = Components ?? [],
            MembersMax = MembersMax,
            Seats = Seats,
            Commitment = Commitment,
            Chinese = Chinese,
        };
}
