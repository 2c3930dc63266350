using System.Text.Json;

namespace Tokenline.Simulators.Carrier;

/// <summary>The entries as JSON lines, in the order they were booked. One process at a time.</summary>
internal sealed class CarrierFile : IDisposable
{
    private readonly FileStream file;

    public CarrierFile(string folder)
    {
        Directory.CreateDirectory(folder);
        file = new FileStream(Path.Combine(folder, "carrier.jsonl"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    }

    /// <summary>To be called once, before the first append. A last line without its end was never answered for, and is taken away.</summary>
    public IReadOnlyList<CarrierEntry> ReadAll()
    {
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        var entries = new List<CarrierEntry>();
        var at = 0;
        for (int length; (length = bytes.AsSpan(at).IndexOf((byte)'\n')) >= 0; at += length + 1)
        {
            var entry = JsonSerializer.Deserialize(bytes.AsSpan(at, length), CarrierJson.Default.CarrierEntry);
            entries.Add(entry ?? throw new InvalidDataException($"{file.Name} has a line that is no entry at byte {at}"));
        }
        file.SetLength(at);
        file.Position = at;
        return entries;
    }

    /// <summary>Durable when it returns; a failed append leaves the file as it was.</summary>
    public void Append(CarrierEntry entry)
    {
        var before = file.Position;
        try
        {
            file.Write([.. JsonSerializer.SerializeToUtf8Bytes(entry, CarrierJson.Default.CarrierEntry), (byte)'\n']);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            file.SetLength(before);
            file.Position = before;
            throw;
        }
    }

    public void Dispose() => file.Dispose();
}
