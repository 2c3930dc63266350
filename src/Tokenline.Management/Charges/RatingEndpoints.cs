using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Charging.Tariffs;
using Tokenline.Commerce;
using Tokenline.Commerce.PriceSheets;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;

namespace Tokenline.Management.Charges;

/// <summary>What a call would cost, before anybody makes it.</summary>
internal static class RatingEndpoints
{
    /// <summary>More of one meter than any call has; so that no product of a rate and a count overflows.</summary>
    private const long CountMax = 1_000_000_000;
    private const long VolumeMax = 1_000_000_000_000_000;

    public static void Map(RouteGroupBuilder api) =>
        api.MapPost("/ratings", RateAsync)
            .ChangesNothing()
            .Takes<NewRatingBody>()
            .Produces<RatingBody>()
            .Documented(
                "Charges",
                "Rate a hypothetical call",
                "What this usage of this model costs at that time, in money and in every quota unit that may pay, meter by meter; with `vendor`, what the vendor is owed as well. By the same rules as a real charge; nothing is held or charged.",
                Problems.InvalidRequest,
                Problems.ModelNotFound,
                Problems.NotFound
            );

    private static async Task<IResult> RateAsync(HttpContext http, ITariffs tariffs, TimeProvider time)
    {
        var read = await Body.ReadAsync<NewRatingBody>(http);
        if (read.Refused is { } refused)
            return ApiResult.Problem(refused);
        var body = read.Required();
        if (string.IsNullOrEmpty(body.Model))
            return ApiResult.Problem(Refused.Invalid("model", "A Model ID is expected."));
        if (ReadUsage(body.Usage, out var usage) is { } unusable)
            return ApiResult.Problem(unusable);
        if (ReadTraits(body, out var traits) is { } unknown)
            return ApiResult.Problem(unknown);
        if (body.VolumeBefore is < 0 or > VolumeMax)
            return ApiResult.Problem(Refused.Invalid("volumeBefore", $"A volume is from 0 to {VolumeMax}."));
        var (at, book) = (body.At ?? time.GetUtcNow(), tariffs.Current);
        if (book.Find(body.Model, at) is not { } tariff)
            return ApiResult.Problem(Problems.ModelNotFound, $"The model '{body.Model}' has no price at {at:O}.", "model");
        if (!tariff.Offers(traits.Service))
            return ApiResult.Problem(
                Refused.Invalid("serviceClass", $"{body.Model} is not for sale in the class {ServiceClassesEntry.NameOf(traits.Service)}.")
            );
        RatedWholesaleBody? wholesale = null;
        if (body.Vendor is { } vendor)
        {
            if (book.FindContract(vendor, body.Model, at) is not { } contract)
                return ApiResult.Problem(
                    Problems.NotFound,
                    $"No contract with '{vendor}' says what {body.Model} costs at {at:O}.",
                    "vendor"
                );
            wholesale = RatedWholesaleBody.Of(vendor, contract, Rating.Of(usage, contract, contract.Context(at, traits, 0), []));
        }
        return TypedResults.Ok(RatingBody.Of(tariff, usage, tariff.Context(at, traits, body.VolumeBefore ?? 0), wholesale));
    }

    private static Refused? ReadTraits(NewRatingBody body, out CallTraits traits)
    {
        traits = CallTraits.Plain;
        var service = ServiceClass.Standard;
        if (body.ServiceClass is { } name && ServiceClassesEntry.ReadName(name, "serviceClass", out service) is { } unknown)
            return unknown;
        traits = new(service, body.Region, body.CustomerGroup, body.ImageClass);
        return null;
    }

    /// <summary>Null: read. Otherwise what is wrong with it.</summary>
    private static Refused? ReadUsage(IReadOnlyDictionary<string, long>? counts, out Usage usage)
    {
        usage = default;
        if (counts is null || counts.Count == 0)
            return Refused.Invalid("usage", $"Usage is an object of meters and counts. Meters: {Meters()}.");
        foreach (var (name, count) in counts)
        {
            if (!MeterNames.TryParse(name, out var meter))
                return Refused.Invalid($"usage.{name}", $"'{name}' is not a meter. Meters: {Meters()}.");
            if (count is < 0 or > CountMax)
                return Refused.Invalid($"usage.{name}", $"A count is from 0 to {CountMax}.");
            usage[meter] = count;
        }
        return usage[Meter.Reasoning] > usage[Meter.Output]
            ? Refused.Invalid("usage.reasoning", "Reasoning is a part of output and cannot be more than it.")
            : null;
    }

    private static string Meters() => string.Join(", ", Enum.GetValues<Meter>().Select(MeterNames.Of));
}
