using System.Text.Json;
using System.Text.Json.Serialization;
using Tokenline.Charging.Tariffs;

namespace Tokenline.Cluster;

/// <summary>
/// Between nodes a tariff travels by its name: every node has the published ones in memory, and versions never change. A node that has not heard of a version yet reads null,
/// and says that the account is not available: a moment later it has.
/// </summary>
internal sealed class TariffByVersion(ITariffs tariffs) : JsonConverter<ModelTariff?>
{
    public override ModelTariff? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var name = JsonSerializer.Deserialize<Name>(ref reader, options);
        return tariffs.Current.TryGet(name.Model, name.Version);
    }

    public override void Write(Utf8JsonWriter writer, ModelTariff? value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, new Name(value!.Model, value.Version), options);

    internal readonly record struct Name(string Model, int Version);
}
