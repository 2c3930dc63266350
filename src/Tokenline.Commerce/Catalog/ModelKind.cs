using System.Text.Json.Serialization;

namespace Tokenline.Commerce.Catalog;

/// <summary>What a model does, and so by which endpoints it is called. Numbers are stored: only append.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelKind>))]
public enum ModelKind
{
    /// <summary>Generations: chat completions, responses, messages, <c>generateContent</c>.</summary>
    [JsonStringEnumMemberName("chat")]
    Chat,

    [JsonStringEnumMemberName("embedding")]
    Embedding,

    [JsonStringEnumMemberName("rerank")]
    Rerank,

    /// <summary>Makes images.</summary>
    [JsonStringEnumMemberName("image")]
    Image,

    /// <summary>Reads text aloud.</summary>
    [JsonStringEnumMemberName("speech")]
    Speech,

    [JsonStringEnumMemberName("transcription")]
    Transcription,
}
