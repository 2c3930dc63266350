using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tokenline.Storage.Postgres;

namespace Tokenline.Storage.Management.Secrets;

/// <summary>A key of the file, for people.</summary>
/// <param name="MadeAt">Null: with the installation.</param>
public sealed record KeyOfFile(string Id, DateTimeOffset? MadeAt);

/// <summary>
/// <c>vendor-keys.secret</c>: a key a line, readable by its owner only. The first line is the key that the installation began with; each that was added has the instant of
/// that before it. The file is written whole and put in place in one step: whoever reads it finds what was there before, or what is there now.
/// </summary>
public static class KeyFile
{
    public const string Name = "vendor-keys.secret";
    private const int KeysMax = 20;
    private const string InstantFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";

    /// <summary>Adds a key, which seals nothing before a rotation.</summary>
    /// <exception cref="DatabaseException">The file is not there, cannot be read, or holds as many as it may.</exception>
    public static KeyOfFile Add(string file, DateTimeOffset now)
    {
        var keys = ReadThere(file);
        if (keys.Count >= KeysMax)
            throw new DatabaseException($"{file} holds {KeysMax} keys, which is the most. Retire those that open nothing any more.");
        var key = new SecretKey(RandomNumberGenerator.GetBytes(SecretKey.Bytes), now);
        Replace(file, [.. keys, key]);
        return new(key.Id, key.MadeAt);
    }

    /// <summary>Takes a key out. Whoever has it elsewhere still opens what was sealed under it.</summary>
    /// <exception cref="DatabaseException">It is not there, or is the only one.</exception>
    public static void Remove(string file, string id)
    {
        var keys = ReadThere(file);
        var left = keys.Where(key => key.Id != id).ToList();
        if (left.Count == keys.Count)
            throw new DatabaseException($"{file} holds no key {id}.");
        if (left.Count == 0)
            throw new DatabaseException($"{id} is the only key of {file}.");
        Replace(file, left);
    }

    public static IReadOnlyList<KeyOfFile> List(string file) => [.. ReadThere(file).Select(key => new KeyOfFile(key.Id, key.MadeAt))];

    /// <summary>Oldest first.</summary>
    internal static IReadOnlyList<SecretKey> ReadOrCreate(string file)
    {
        if (!File.Exists(file))
            Write(file, [new SecretKey(RandomNumberGenerator.GetBytes(SecretKey.Bytes), null)]);
        return Read(file);
    }

    /// <exception cref="DatabaseException">It is not a file of keys. No part of it is in the message.</exception>
    internal static IReadOnlyList<SecretKey> Read(string file)
    {
        var keys = new List<SecretKey>();
        var lines = File.ReadAllLines(file);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Trim() is { Length: > 0 } line)
                keys.Add(Parse(line) ?? throw new DatabaseException($"Line {i + 1} of {file} is not a key of {SecretKey.Bytes} bytes."));
        }
        if (keys.Count is 0 or > KeysMax)
            throw new DatabaseException($"{file} holds {keys.Count} keys: 1 to {KeysMax} are expected.");
        if (keys.Count(key => key.MadeAt is null) > 1)
            throw new DatabaseException($"{file} holds several keys without the instant that they were made at: only one has none.");
        if (keys.Select(key => key.Id).Distinct().Count() < keys.Count)
            throw new DatabaseException($"{file} holds a key twice.");
        return [.. keys.OrderBy(key => key.MadeAt ?? DateTimeOffset.MinValue)];
    }

    private static IReadOnlyList<SecretKey> ReadThere(string file) =>
        File.Exists(file) ? Read(file) : throw new DatabaseException($"{file} is not there: the first start makes it.");

    private static SecretKey? Parse(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        DateTimeOffset? madeAt = null;
        if (words.Length == 2)
        {
            if (
                !DateTimeOffset.TryParseExact(
                    words[0],
                    InstantFormat,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal,
                    out var instant
                )
            )
                return null;
            madeAt = instant;
        }
        var bytes = new byte[SecretKey.Bytes];
        return words.Length <= 2 && Convert.TryFromBase64String(words[^1], bytes, out var written) && written == SecretKey.Bytes
            ? new(bytes, madeAt)
            : null;
    }

    private static void Replace(string file, IReadOnlyList<SecretKey> keys)
    {
        var next = file + ".new";
        File.Delete(next);
        Write(next, keys);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(next, File.GetUnixFileMode(file)); // somebody may have given a group the right to read it
        File.Move(next, file, overwrite: true);
    }

    private static void Write(string file, IReadOnlyList<SecretKey> keys)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var stream = new FileStream(file, options);
        foreach (var key in keys)
        {
            var instant = key.MadeAt?.UtcDateTime.ToString(InstantFormat, CultureInfo.InvariantCulture);
            stream.Write(Encoding.ASCII.GetBytes(instant is null ? $"{key.Text()}\n" : $"{instant} {key.Text()}\n"));
        }
        stream.Flush(flushToDisk: true);
    }
}
