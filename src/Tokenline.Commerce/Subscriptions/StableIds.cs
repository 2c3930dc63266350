using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Tokenline.Commerce.Subscriptions;

/// <summary>Ids that are the same whenever they are made, so that what is done again is known to be the same.</summary>
internal static class StableIds
{
    public static Id<T> Of<T>(string what)
        where T : IIdKind => new(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(what))) & long.MaxValue);
}
