using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Tokenline.Charging.Limits;
using Tokenline.Commerce;
using Tokenline.Commerce.Catalog;
using Tokenline.Portal.Texts;

namespace Tokenline.Portal.Operator.Catalogue;

/// <summary>An offering's sheet in fields. What has no field stays as it is in the sheet that the form was made of.</summary>
internal static class OfferingForm
{
    public const int GrantRows = 4;

    /// <param name="known">What the form was made of; null: a new one.</param>
    public static Outcome<OfferingSheet> Read(IFormCollection form, OfferingSheet? known, OperatorClock clock)
    {
        known ??= new OfferingSheet(null, null, null, null);
        Refused? wrong = null;
        var kind = Enum.TryParse<OfferingKind>(Text("kind"), out var chosen) ? chosen : known.Kind;
        var grants = new List<GrantSheet?>();
        for (var i = 0; i < Math.Max(GrantRows, known.Grants?.Count ?? 0); i++)
        {
            var before = known.Grants?.ElementAtOrDefault(i);
            if (!form.ContainsKey($"amount{i}"))
            {
                if (before is not null)
                    grants.Add(before);
                continue;
            }
            if (Decimal($"amount{i}") is not { } amount)
                continue; // a row that was emptied is none
            var (unit, currency) = ((QuotaUnit?)null, (Currency?)null);
            if (Text($"unit{i}") is { } counted)
            {
                if (char.IsAsciiLetterUpper(counted[0]))
                    currency = new Currency(counted);
                else
                    unit = new QuotaUnit(counted);
            }
            var every = Enum.TryParse<LimitWindow>(Text($"every{i}"), out var window) ? window : (LimitWindow?)null;
            grants.Add(
                (before ?? new GrantSheet(amount)) with
                {
                    Amount = amount,
                    Unit = unit,
                    Currency = currency,
                    Models = Names($"models{i}"),
                    RefilledEvery = every,
                }
            );
        }
        var sale = (known.Sale ?? SaleTerms.Open) with
        {
            From = Instant("saleFrom"),
            To = Instant("saleTo"),
            Stock = Whole("stock"),
            PerCustomer = (int?)Whole("perCustomer"),
            Groups = Names("groups"),
            Regions = Names("regions"),
            Channels = Names("channels"),
            Excludes = Names("excludes"),
            Requires = Names("requires"),
        };
        var renewal =
            kind != OfferingKind.Plan
                ? null
                : (known.Renewal ?? new RenewalSheet()) with
                {
                    Automatic = form["automatic"] == "yes",
                    NoticeDays = (int?)Whole("notice"),
                    GraceDays = (int?)Whole("grace"),
                    CoolingOffDays = (int?)Whole("coolingOff"),
                    Billing = form["billing"] == "calendar" ? BillingCycle.Calendar : null,
                };
        var sheet = known with
        {
            Name = Text("name"),
            Description = Text("description"),
            Kind = kind,
            Price = Decimal("price") is 0 ? null : Decimal("price"),
            FirstPrice = Decimal("firstPrice"),
            TaxPercent = Decimal("tax"),
            Months = (int?)Whole("months"),
            Days = (int?)Whole("days"),
            MembersMax = (int?)Whole("members"),
            Chinese = Text("nameZh") is { } chinese ? new OfferingText(chinese, Text("descriptionZh")) : null,
            Grants = grants,
            Sale = sale == SaleTerms.Open ? null : sale,
            Renewal = renewal is null or { Automatic: false, NoticeDays: null, GraceDays: null, CoolingOffDays: null, Billing: null }
                ? null
                : renewal,
        };
        return wrong is not null ? wrong : sheet;

        string? Text(string name) => form[name].ToString().Trim() is { Length: > 0 } text ? text : null;

        string[]? Names(string name) =>
            Text(name)?.Split([',', '，', '、', ' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                is { Length: > 0 } names
                ? names
                : null;

        decimal? Decimal(string name)
        {
            if (Text(name) is not { } text)
                return null;
            if (
                decimal.TryParse(
                    text,
                    NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
                return number;
            wrong ??= Refused.Invalid(name, $"'{text}' is not a number.");
            return null;
        }

        long? Whole(string name)
        {
            if (Text(name) is not { } text)
                return null;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                return number;
            wrong ??= Refused.Invalid(name, $"'{text}' is not a whole number.");
            return null;
        }

        DateTimeOffset? Instant(string name)
        {
            if (Text(name) is not { } text)
                return null;
            if (LocalTimes.TryRead(text, clock) is { } instant)
                return instant;
            wrong ??= Refused.Invalid(name, $"'{text}' is not a time such as 2027-01-31T09:00.");
            return null;
        }
    }

    /// <summary>The whole sheet, for those who know it by its names.</summary>
    public static Outcome<OfferingSheet> ReadJson(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<OfferingSheet>(text, CommerceJson.Options) is { } sheet
                ? sheet
                : Refused.Invalid("json", "A JSON object is expected.");
        }
        catch (JsonException e)
        {
            return Refused.Invalid("json", $"Line {e.LineNumber + 1}: {e.Path ?? "this"} cannot be read.");
        }
    }

    private static readonly JsonSerializerOptions indented = new(CommerceJson.Options) { WriteIndented = true };

    public static string Json<T>(T sheet) => JsonSerializer.Serialize(sheet, indented);
}
