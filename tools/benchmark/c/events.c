#include "events.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "crc32c.h"

static const int64_t first_second = 1735689600;  // 2025-01-01

static const EventKind pattern[20] = {
    METRICS_RECORDED, TREND_CAPTURED, IMAGE_ADDED,      METRICS_RECORDED, METRICS_RECORDED, TREND_USED,       METRICS_RECORDED,
    IMAGE_USED,       METRICS_RECORDED, TREND_CAPTURED, METRICS_RECORDED, METRICS_RECORDED, IMAGE_USED,       METRICS_RECORDED,
    TREND_RESCORED,   METRICS_RECORDED, TREND_CAPTURED, METRICS_RECORDED, METRICS_RECORDED, METRICS_RECORDED,
};

static const char *const platforms[] = {"tiktok", "instagram_reels", "youtube_shorts"};
static const char *const sources[] = {"google_trends", "reddit", "twitter", "youtube", "tiktok"};
static const char *const categories[] = {"technology", "lifestyle", "sports", "music", "science", "politics", "food", "film"};
static const char *const emotions[] = {"happy", "sad", "angry", "surprised", "afraid", "bored", "proud", "shy", "tired", "curious"};
static const char *const poses[] = {"standing", "sitting", "jumping", "pointing", "running"};
static const char *const words[] = {"market", "winter", "garden", "robot", "kitchen", "harbour", "mountain", "theatre",
                                    "bicycle", "library", "island", "orchestra", "satellite", "bakery", "railway", "lantern"};

static uint64_t mixed(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint64_t below(uint64_t *state, uint64_t limit) { return mixed(state) % limit; }

/// How many events of a kind the mix has before a number; videos and snapshots count as one kind.
static uint64_t count_before(EventKind kind, uint64_t number) {
    uint64_t count = 0, in_block = 0;
    for (unsigned place = 0; place < 20; place++) {
        if (pattern[place] != kind) continue;
        in_block++;
        if (place < number % 20) count++;
    }
    return number / 20 * in_block + count;
}

/// Videos registered before a number: the first event of every fifth block, until all are.
static uint64_t videos_before(uint64_t number) {
    uint64_t count = (number + 99) / 100;
    return count < VIDEOS ? count : VIDEOS;
}

/// Mostly one of the newer rows; now and then any. None of the very newest: where many send events at once, theirs may be on their way.
static int64_t recent(uint64_t *state, uint64_t rows, uint64_t newest) {
    rows -= rows < 2000 ? rows / 2 : 1000;
    if (rows <= newest || below(state, 10) == 0) return (int64_t)(1 + below(state, rows));
    return (int64_t)(rows - below(state, newest));
}

static void sentence(uint64_t *state, int count, char *text) {
    for (int place = 0; place < count; place++) {
        const char *word = words[below(state, 16)];
        size_t length = strlen(word);
        memcpy(text, word, length);
        text += length;
        *text++ = ' ';
    }
    text[-1] = 0;
}

static void register_video(Event *event, uint64_t *state, uint64_t video) {
    event->kind = VIDEO_REGISTERED;
    event->type = "video.registered";
    event->row = (int64_t)video + 1;
    snprintf(event->video_id, sizeof event->video_id, "video_%06llu", (unsigned long long)video);
    strcpy(event->title, "The ");
    sentence(state, 3, event->title + 4);
    sentence(state, 2, event->topic);
    event->duration_seconds = 20 + (double)below(state, 600) / 10;
    event->data_length = (size_t)snprintf(
        event->data, sizeof event->data,
        "{\"video_id\":\"%s\",\"title\":\"%s\",\"topic\":\"%s\",\"script_path\":\"/media/scripts/%s.md\","
        "\"video_path\":\"/media/videos/%s.mp4\",\"duration_seconds\":%.1f,\"status\":\"posted\"}",
        event->video_id, event->title, event->topic, event->video_id, event->video_id, event->duration_seconds);
    snprintf(event->rows, sizeof event->rows, "video_metadata:%lld", (long long)event->row);
}

static void record_metrics(Event *event, uint64_t *state, uint64_t before) {
    event->kind = METRICS_RECORDED;
    event->type = "metrics.recorded";
    event->row = (int64_t)before + 1;
    snprintf(event->video_id, sizeof event->video_id, "video_%06llu", (unsigned long long)below(state, VIDEOS));
    event->platform = platforms[below(state, 3)];
    event->views = (int64_t)(1000 + below(state, 60000000));
    event->likes = event->views / (int64_t)(10 + below(state, 40));
    event->comments = event->likes / (int64_t)(5 + below(state, 40));
    event->shares = event->likes / (int64_t)(10 + below(state, 40));
    event->saves = event->likes / (int64_t)(8 + below(state, 40));
    event->watch_time_seconds = event->views * (int64_t)(5 + below(state, 30));
    double rate = (double)(event->likes + event->comments + event->shares + event->saves) / (double)event->views;
    event->engagement_rate = (double)(int64_t)(rate * 1e6) / 1e6;
    event->data_length = (size_t)snprintf(
        event->data, sizeof event->data,
        "{\"video_id\":\"%s\",\"platform\":\"%s\",\"views\":%lld,\"likes\":%lld,\"comments\":%lld,\"shares\":%lld,\"saves\":%lld,"
        "\"watch_time_seconds\":%lld,\"engagement_rate\":%.6f,\"created_at\":\"%.10sT%.8sZ\"}",
        event->video_id, event->platform, (long long)event->views, (long long)event->likes, (long long)event->comments,
        (long long)event->shares, (long long)event->saves, (long long)event->watch_time_seconds, event->engagement_rate, event->sql_time,
        event->sql_time + 11);
    snprintf(event->rows, sizeof event->rows, "video_metrics:%lld", (long long)event->row);
}

static void trend(Event *event, uint64_t *state) {
    uint64_t rows = count_before(TREND_CAPTURED, event->number);
    event->source = "trend-scout";
    event->relevance_score = (double)below(state, 10000) / 10000;
    switch (event->kind) {
        case TREND_CAPTURED:
            event->type = "trend.captured";
            event->row = (int64_t)rows + 1;
            sentence(state, 4, event->topic);
            event->platform = sources[below(state, 5)];
            event->category = categories[below(state, 8)];
            char seen[288];
            sentence(state, 28, seen);
            snprintf(event->metadata, sizeof event->metadata,
                     "{\"region\":\"GB\",\"language\":\"en\",\"rank\":%d,\"volume\":%d,\"summary\":\"%s\",\"url\":\"https://trends.example.org/gb/topics/%016llx\"}",
                     (int)below(state, 50) + 1, (int)below(state, 900000) + 1000, seen, (unsigned long long)mixed(state));
            event->data_length = (size_t)snprintf(
                event->data, sizeof event->data,
                "{\"topic\":\"%s\",\"source\":\"%s\",\"relevance_score\":%.4f,\"category\":\"%s\",\"metadata\":%s}", event->topic,
                event->platform, event->relevance_score, event->category, event->metadata);
            snprintf(event->rows, sizeof event->rows, "trending_topics:%lld", (long long)event->row);
            break;
        case TREND_USED:
            event->type = "trend.used";
            event->row = recent(state, rows, 500);
            snprintf(event->video_id, sizeof event->video_id, "video_%06llu", (unsigned long long)below(state, VIDEOS));
            event->data_length = (size_t)snprintf(
                event->data, sizeof event->data, "{\"id\":%lld,\"video_id\":\"%s\"}", (long long)event->row, event->video_id);
            snprintf(event->tags, sizeof event->tags, "video:%s", event->video_id);
            break;
        default:
            event->type = "trend.rescored";
            event->row = recent(state, rows, 5000);
            event->data_length = (size_t)snprintf(
                event->data, sizeof event->data, "{\"id\":%lld,\"relevance_score\":%.4f}", (long long)event->row, event->relevance_score);
    }
    snprintf(event->subject, sizeof event->subject, "trend:%lld", (long long)event->row);
}

static void image(Event *event, uint64_t *state) {
    uint64_t rows = count_before(IMAGE_ADDED, event->number);
    event->source = "image-studio";
    if (event->kind == IMAGE_ADDED) {
        event->type = "image.added";
        event->row = (int64_t)rows + 1;
        event->image_id = event->row;
        event->character = below(state, 2) ? "butcher" : "nutsy";
        event->emotion = emotions[below(state, 10)];
        event->pose = poses[below(state, 5)];
        event->file_size_bytes = (int64_t)(200000 + below(state, 3000000));
        event->quality_score = (double)below(state, 1000) / 1000;
        snprintf(event->file_path, sizeof event->file_path, "/media/images/%s_%s_%07lld.png", event->character, event->emotion,
                 (long long)event->row);
        char scene[320];
        sentence(state, 28, scene);
        snprintf(event->prompt, sizeof event->prompt, "%s, %s, in front of %s", event->character, event->emotion, scene);
        snprintf(event->image_tags, sizeof event->image_tags, "[\"%s\",\"%s\"]", words[below(state, 16)], words[below(state, 16)]);
        event->data_length = (size_t)snprintf(
            event->data, sizeof event->data,
            "{\"character\":\"%s\",\"file_path\":\"%s\",\"source\":\"generated\",\"emotion\":\"%s\",\"pose\":\"%s\","
            "\"file_size_bytes\":%lld,\"width\":1024,\"height\":1536,\"format\":\"png\",\"generation_prompt\":\"%s\","
            "\"generation_model\":\"diffusion-xl-1.0\",\"quality_score\":%.3f,\"tags\":%s}",
            event->character, event->file_path, event->emotion, event->pose, (long long)event->file_size_bytes, event->prompt,
            event->quality_score, event->image_tags);
        snprintf(event->rows, sizeof event->rows, "image_library:%lld", (long long)event->row);
    } else {
        event->type = "image.used";
        event->row = (int64_t)count_before(IMAGE_USED, event->number) + 1;
        event->image_id = recent(state, rows, 2000);
        event->scene_number = (int64_t)(1 + below(state, 12));
        snprintf(event->video_id, sizeof event->video_id, "video_%06llu", (unsigned long long)below(state, VIDEOS));
        event->data_length = (size_t)snprintf(
            event->data, sizeof event->data, "{\"image_id\":%lld,\"video_id\":\"%s\",\"scene_number\":%lld}", (long long)event->image_id,
            event->video_id, (long long)event->scene_number);
        snprintf(event->tags, sizeof event->tags, "video:%s", event->video_id);
        snprintf(event->rows, sizeof event->rows, "image_usage:%lld", (long long)event->row);
    }
    snprintf(event->subject, sizeof event->subject, "image:%lld", (long long)event->image_id);
}

void event_make(Event *event, EventMix mix, uint64_t number) {
    uint64_t state = number * 0xD1342543DE82EF95u + 20250101;
    event->number = number;
    event->seconds = first_second + (int64_t)number;
    event->tags[0] = event->rows[0] = event->video_id[0] = 0;
    time_t seconds = event->seconds;
    struct tm parts;
    gmtime_r(&seconds, &parts);
    strftime(event->sql_time, sizeof event->sql_time, "%Y-%m-%d %H:%M:%S", &parts);
    uint64_t milliseconds = (uint64_t)event->seconds * 1000, high = mixed(&state), low = mixed(&state);
    snprintf(event->id, sizeof event->id, "%08llx-%04llx-7%03llx-%04llx-%012llx", (unsigned long long)(milliseconds >> 16),
             (unsigned long long)(milliseconds & 0xFFFF), (unsigned long long)(high & 0xFFF),
             (unsigned long long)(0x8000 | (low >> 48 & 0x3FFF)), (unsigned long long)(low & 0xFFFFFFFFFFFF));
    event->kind = mix == SNAPSHOTS ? METRICS_RECORDED : pattern[number % 20];
    if (event->kind == METRICS_RECORDED) {
        event->source = "metrics-scraper";
        if (mix == SNAPSHOTS) {
            if (number < VIDEOS) register_video(event, &state, number);
            else record_metrics(event, &state, number - VIDEOS);
        } else if (number % 100 == 0 && number / 100 < VIDEOS) {
            register_video(event, &state, number / 100);
        } else {
            record_metrics(event, &state, count_before(METRICS_RECORDED, number) - videos_before(number));
        }
        snprintf(event->subject, sizeof event->subject, "video:%s", event->video_id);
    } else if (event->kind == TREND_CAPTURED || event->kind == TREND_USED || event->kind == TREND_RESCORED) {
        trend(event, &state);
    } else {
        image(event, &state);
    }
}

size_t event_line(const Event *event, char *line) {
    return (size_t)snprintf(
        line, LARGEST_LINE,
        "{\"specversion\":\"1.0\",\"id\":\"%s\",\"source\":\"%s\",\"type\":\"%s\",\"time\":\"%.10sT%.8sZ\",\"data\":%.*s}\n", event->id,
        event->source, event->type, event->sql_time, event->sql_time + 11, (int)event->data_length, event->data);
}

size_t event_record(const Event *event, uint64_t position, uint8_t *record) {
    const char *const texts[9] = {event->type, event->id, event->source, event->subject, event->tags, event->rows, "", "", ""};
    size_t offset = 56;
    memset(record, 0, offset);
    record[0] = 1;
    record[2] = 1;
    int64_t microseconds = event->seconds * 1000000;
    memcpy(record + 8, &microseconds, 8);
    memcpy(record + 16, &microseconds, 8);
    memcpy(record + 24, &position, 8);
    for (int place = 0; place < 9; place++) {
        uint16_t length = (uint16_t)strlen(texts[place]);
        memcpy(record + 32 + 2 * place, &length, 2);
        memcpy(record + offset, texts[place], length);
        offset += length;
    }
    uint32_t length = (uint32_t)event->data_length;
    memcpy(record + 52, &length, 4);
    memcpy(record + offset, event->data, length);
    offset += length;
    uint32_t crc = spool_crc32c(0, (const uint8_t *)&position, 8);
    crc = spool_crc32c(crc, record, 4);
    crc = spool_crc32c(crc, record + 8, offset - 8);
    memcpy(record + 4, &crc, 4);
    return offset;
}
