using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Routing;
using Tokenline.Gateway;
using Tokenline.Gateway.Routing;

namespace Tokenline.Host.Tests.Routing;

/// <summary>A server whose routing is as it is delivered, but learns its patience from fewer answers and gives up sooner, so that tests need not wait for it.</summary>
public sealed class RoutingServer : RunningServer
{
    private readonly List<(string Model, Func<Model, Model> Change)> changes = [];
    private int lastName;

    private protected override GatewayOptions Options =>
        new()
        {
            PingSeconds = 1,
            Routing = new RoutingOptions
            {
                FirstByteSamples = 5,
                FirstByteMinMilliseconds = 300,
                ProbeSeconds = 1,
            },
        };

    /// <summary>A model that these vendors serve, in their order.</summary>
    internal async Task<string> ServedByAsync(params ScriptedVendor[] vendors)
    {
        var names = new List<(string, string?)>();
        foreach (var vendor in vendors)
        {
            var name = $"routed-{Interlocked.Increment(ref lastName)}";
            await PutVendorAsync(name, vendor.BaseUrl);
            names.Add((name, null));
        }
        var model = await ModelAsync(names[0].Item1, [.. names]);
        Apply(); // the catalogue was read anew
        return model;
    }

    internal async Task<IReadOnlyList<string>> VendorsOfAsync(string model) =>
        [
            .. (await Get<ICatalogStore>().LoadAsync(Cancel))
                .Mappings.Where(mapping => mapping.Model == model)
                .OrderBy(mapping => mapping.Priority)
                .Select(mapping => mapping.Vendor),
        ];

    /// <summary>Changes a model in memory, as an operator's entry would.</summary>
    internal void Change(string model, Func<Model, Model> change)
    {
        lock (changes)
            changes.Add((model, change));
        Apply();
    }

    private void Apply()
    {
        lock (changes)
        {
            var holder = Get<ModelCatalogHolder>();
            var models = holder.Current.Models.ToDictionary(known => known.Id);
            foreach (var (model, change) in changes)
                models[model] = change(models[model]);
            holder.Replace(new ModelCatalog(models.Values));
        }
    }

    internal void Substitute(params Substitution[] rules) => Get<SubstitutionHolder>().Replace(new Substitutions(rules));

    /// <summary>A vendor that answers every call well, and as the model that it is asked for.</summary>
    internal static ScriptedVendor Well(string content = "Hi") =>
        new(call =>
            call.Body.Contains("\"stream\":true", StringComparison.Ordinal)
                ? call.StreamAsync(
                    As(call, Wire.Delta(content)),
                    As(call, Wire.Finish()),
                    As(call, Wire.UsageChunk(10, 2)),
                    "data: [DONE]\n\n"
                )
                : call.AnswerAsync(As(call, Wire.Completion(content, Wire.Usage(10, 2))))
        );

    private static string As(VendorCall call, string answer) =>
        answer.Replace(
            "\"model\":\"m\"",
            $"\"model\":{System.Text.Json.Nodes.JsonNode.Parse(call.Body)!["model"]!.ToJsonString()}",
            StringComparison.Ordinal
        );
}
