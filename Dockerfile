# docker build -t lstm_viz . && docker run --rm -p 8501:8501 lstm_viz
# As a Hugging Face Space: a Space of the kind "docker" with `app_port: 7860`, and the variable PORT set to 7860.
# Untried: neither the build nor a Space could be run where this was written. The start command and the health address were run.
FROM python:3.12-slim

ENV PIP_NO_CACHE_DIR=1 \
    PYTHONUNBUFFERED=1 \
    OMP_NUM_THREADS=1 \
    PORT=8501

WORKDIR /app

# The app's part of the pinned versions, without what only tests need; PyTorch's CPU build first, as the plain index brings CUDA's.
COPY requirements.txt ./
RUN sed '/^# The tests/,$d' requirements.txt > app.txt \
    && pip install --index-url https://download.pytorch.org/whl/cpu "$(grep '^torch==' app.txt)" \
    && pip install -r app.txt

COPY . ./
# When the app starts it puts Plotly's JavaScript and its own into static/.
RUN useradd --create-home --uid 1000 app && chown -R app static
USER app

EXPOSE 8501 7860
HEALTHCHECK --start-period=30s CMD python -c "import os, urllib.request as u; u.urlopen('http://localhost:' + os.environ['PORT'] + '/_stcore/health')"
CMD exec streamlit run app.py --server.port "$PORT" --server.address 0.0.0.0 --server.headless true
